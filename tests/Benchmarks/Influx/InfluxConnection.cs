using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace Serverless.Benchmarks.Influx;

/// <summary>One HTTP connection, one request at a time; answers are read to their end.</summary>
internal sealed class InfluxConnection : IDisposable
{
    private readonly HttpClient http;
    private readonly byte[] buffer = new byte[256 * 1024];

    public InfluxConnection(Uri address, string? user = null, string? password = null)
    {
        http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromMinutes(10),
        };
        if (user is not null)
        {
            var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        }
    }

    /// <summary>The answer to a query.</summary>
    public async Task<byte[]> QueryAsync(string? database, string query)
    {
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("q", query)]);
        using var answer = await http.PostAsync(QueryPath(database), form);
        var body = await answer.Content.ReadAsByteArrayAsync();
        return answer.IsSuccessStatusCode
            ? body
            : throw new InvalidOperationException($"{query}: {answer.StatusCode} {Encoding.UTF8.GetString(body)}");
    }

    /// <summary>The milliseconds from the question to the last byte of the answer.</summary>
    public async Task<double> TimeQueryAsync(string database, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, QueryPath(database));
        request.Content = new FormUrlEncodedContent([KeyValuePair.Create("q", query)]);
        return await TimeAsync(request);
    }

    /// <summary>The milliseconds that a body of line protocol takes.</summary>
    public async Task<double> TimeWriteAsync(string database, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"write?db={database}");
        request.Content = new ByteArrayContent(body);
        return await TimeAsync(request);
    }

    public void Dispose() => http.Dispose();

    private async Task<double> TimeAsync(HttpRequestMessage request)
    {
        var start = Stopwatch.GetTimestamp();
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }

        await using var body = await answer.Content.ReadAsStreamAsync();
        while (await body.ReadAsync(buffer) > 0) { }
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static string QueryPath(string? database) => database is null ? "query?epoch=ms" : $"query?db={database}&epoch=ms";
}
