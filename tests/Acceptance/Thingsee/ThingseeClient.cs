using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Thingsee;

/// <summary>A program that uses the Thingsee API as the vendor's sequences have it, at the vendor's path.</summary>
internal sealed class ThingseeClient : IDisposable
{
    private readonly HttpClient http;

    private ThingseeClient(Uri address) => http = new HttpClient { BaseAddress = new Uri(address, "/prod/v1/"), Timeout = Poll.Patience };

    public static async Task<ThingseeClient> LogInAsync(Uri address, string id, string secret)
    {
        var client = new ThingseeClient(address);
        var login = new JsonObject { ["client_id"] = id, ["client_secret"] = secret };
        var token = (string)(await client.DoAsync(HttpMethod.Post, "auth/client-token", login))["token"]!;
        client.http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public async Task<JsonNode> DoAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!["data"]!;
    }

    public Task<JsonNode> GetAsync(string path) => DoAsync(HttpMethod.Get, path);

    public Task<JsonNode> PostAsync(string path, JsonNode body) => DoAsync(HttpMethod.Post, path, body);

    /// <summary>Waits until the thing's newest command is in a state.</summary>
    public Task<JsonNode> CommandAsync(string tuid, string state) =>
        Poll.UntilAsync(
            $"the command is {state}",
            async () =>
            {
                var newest = (await GetAsync($"things/{tuid}/commands?limit=1")).AsArray().FirstOrDefault();
                return (string?)newest?["state"] == state ? newest : null;
            }
        );

    public void Dispose() => http.Dispose();
}
