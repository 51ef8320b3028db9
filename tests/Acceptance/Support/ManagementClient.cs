using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Serverless.Acceptance.Tests.Support;

/// <summary>A client of the management API, /api/v1.</summary>
internal sealed class ManagementClient : IDisposable
{
    private readonly HttpClient http;

    private ManagementClient(Uri address, string token)
    {
        http = new HttpClient { BaseAddress = address, Timeout = Poll.Patience };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public static async Task<ManagementClient> LogInAsync(Uri address, TestUser user)
    {
        using var proficloud = ProficloudClient.WithToken(address, null);
        var (_, body) = await proficloud.PostTokenAsync(new JsonObject { ["username"] = user.Name, ["password"] = user.Password });
        return new ManagementClient(address, (string)JsonNode.Parse(body)!["access_token"]!);
    }

    public async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/{path}");
        if (body is not null)
        {
            var type = method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json";
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, type);
        }

        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    public async Task<JsonNode?> DoAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        var (status, answer) = await SendAsync(method, path, body);
        Assert.True((int)status < 300, $"{method} {path}: {(int)status} {answer?.ToJsonString()}");
        return answer;
    }

    public Task<JsonNode?> GetAsync(string path) => DoAsync(HttpMethod.Get, path);

    public void Dispose() => http.Dispose();
}
