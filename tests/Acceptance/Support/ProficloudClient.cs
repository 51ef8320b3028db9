using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Serverless.Acceptance.Tests.Support;

/// <summary>A client of the time series service, as its documentation's Python example is one.</summary>
internal sealed class ProficloudClient : IDisposable
{
    public const string AllTime = "fromDate=2000-01-01T00:00:00Z&toDate=2100-01-01T00:00:00Z";
    private readonly HttpClient http;

    private ProficloudClient(Uri address, string? token)
    {
        http = new HttpClient { BaseAddress = address, Timeout = Poll.Patience };
        http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
    }

    public static ProficloudClient WithToken(Uri address, string? token) => new(address, token);

    public static async Task<ProficloudClient> LogInAsync(Uri address, TestUser user, Action<HttpRequestHeaders>? headers = null)
    {
        using var anonymous = new ProficloudClient(address, null);
        var (status, body) = await anonymous.PostTokenAsync(new JsonObject { ["username"] = user.Name, ["password"] = user.Password });
        Assert.Equal(HttpStatusCode.OK, status);
        var client = new ProficloudClient(address, (string)JsonNode.Parse(body)!["access_token"]!);
        headers?.Invoke(client.http.DefaultRequestHeaders);
        return client;
    }

    public async Task<(HttpStatusCode Status, string Body)> PostTokenAsync(JsonNode request)
    {
        using var response = await http.PostAsJsonAsync("/epts/token", request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async Task<(HttpStatusCode Status, string Body)> TryGetAsync(string path)
    {
        using var response = await http.GetAsync(path);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async Task<string> GetAsync(string path)
    {
        var (status, body) = await TryGetAsync(path);
        Assert.True(status == HttpStatusCode.OK, $"{path}: {(int)status} {body}");
        return body;
    }

    public Task<string> LastAsync(string uuid, string series) => GetAsync($"/epts/last?uuid={uuid}&timeSeriesName={series}");

    public Task<string> DataAsync(string uuid, string series) => GetAsync($"/epts/data?uuid={uuid}&timeSeriesName={series}&{AllTime}");

    /// <summary>The points of one series: their times as written and their values.</summary>
    public async Task<IReadOnlyList<(string Time, double Value)>> PointsAsync(string uuid, string series)
    {
        var points = JsonNode.Parse(await DataAsync(uuid, series))!.AsArray().SelectMany(element => element![uuid]![series]!.AsArray());
        return [.. points.Select(point => ((string)point!["timestamp"]!, (double)point["values"]!["value"]!))];
    }

    public void Dispose() => http.Dispose();
}
