using System.Net.Http.Headers;
using System.Text;

namespace Serverless.Acceptance.Tests.Support;

/// <summary>A client of InfluxDB's HTTP API. An answer is its status, a space, and the body without the line's end.</summary>
internal sealed class InfluxClient : IDisposable
{
    private readonly HttpClient http;

    private InfluxClient(Uri address, AuthenticationHeaderValue? authentication)
    {
        http = new HttpClient { BaseAddress = address, Timeout = Poll.Patience };
        http.DefaultRequestHeaders.Authorization = authentication;
    }

    public static InfluxClient Basic(Uri address, TestUser user) =>
        new(address, new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user.Name}:{user.Password}"))));

    public static InfluxClient Bearer(Uri address, string token) => new(address, new("Bearer", token));

    public async Task<string> SendAsync(string method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        using var response = await http.SendAsync(request);
        return $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}".TrimEnd();
    }

    public Task<string> QueryAsync(string query, string parameters = "") =>
        SendAsync("GET", $"/query?{parameters}&q={Uri.EscapeDataString(query)}");

    public Task<string> PostQueryAsync(string query, string parameters = "") =>
        SendAsync("POST", $"/query?{parameters}", new FormUrlEncodedContent([KeyValuePair.Create("q", query)]));

    public async Task WriteAsync(string lines, string parameters) =>
        Assert.Equal("204", await SendAsync("POST", $"/write?{parameters}", new StringContent(lines)));

    public void Dispose() => http.Dispose();
}
