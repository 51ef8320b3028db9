using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Serverless.Azure.Tests.CosmosDb;

/// <summary>Stands between the SDK and the stand-in: notes the requests for documents, and lets the next ones fail as told.</summary>
internal sealed class FaultHandler() : DelegatingHandler(new SocketsHttpHandler())
{
    private readonly ConcurrentQueue<Func<Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>>> faults = new();

    /// <summary>What every request meets once the queue is empty; null for the server.</summary>
    public HttpStatusCode? Always { get; set; }

    /// <summary>Whether nothing arrives at all.</summary>
    public bool IsDown { get; set; }

    /// <summary>Method, and what is asked for: "plan", "query", "batch" or "item"; and the partition key's header.</summary>
    public ConcurrentQueue<(string Method, string What, string? Partition)> Requests { get; } = new();

    /// <summary>The server does what it is asked, and then the connection breaks; in between, something else may happen.</summary>
    public void CutAfter(Func<Task>? then = null) =>
        faults.Enqueue(async send =>
        {
            (await send()).Dispose();
            await (then?.Invoke() ?? Task.CompletedTask);
            throw new HttpRequestException("The connection was cut.", new IOException("reset by peer"));
        });

    /// <summary>Whether the server takes requests and answers none.</summary>
    public bool Hangs { get; set; }

    /// <summary>Nothing happens to this one.</summary>
    public void PassOne() => faults.Enqueue(send => send());

    /// <summary>The server never hears of it.</summary>
    public void CutBefore() => faults.Enqueue(_ => throw new HttpRequestException("The connection was refused."));

    /// <summary>The server does what it is asked, and its answer takes longer than the client waits.</summary>
    public void TimeOutAfter() =>
        faults.Enqueue(async send =>
        {
            (await send()).Dispose();
            throw new TaskCanceledException("The request timed out.");
        });

    public void Answer(HttpStatusCode status) => faults.Enqueue(_ => Task.FromResult(Response(status)));

    /// <summary>The server does what it is asked, and something on the way answers in its place.</summary>
    public void AnswerAfter(HttpStatusCode status) =>
        faults.Enqueue(async send =>
        {
            (await send()).Dispose();
            return Response(status);
        });

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.RequestUri!.AbsolutePath.Contains("/docs", StringComparison.Ordinal) || !Has(request, "x-ms-documentdb-partitionkey"))
        {
            return await base.SendAsync(request, cancellationToken);
        }

        Requests.Enqueue((request.Method.Method, What(request), Header(request, "x-ms-documentdb-partitionkey")));
        if (faults.TryDequeue(out var fault))
        {
            return await fault(() => base.SendAsync(request, cancellationToken));
        }

        if (Hangs)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        if (IsDown)
        {
            throw new HttpRequestException("The connection was refused.");
        }

        return Always is { } status ? Response(status) : await base.SendAsync(request, cancellationToken);
    }

    private static string What(HttpRequestMessage request) =>
        Has(request, "x-ms-cosmos-is-query-plan-request") ? "plan"
        : Has(request, "x-ms-documentdb-isquery") ? "query"
        : Has(request, "x-ms-cosmos-is-batch-request") ? "batch"
        : "item";

    private static bool Has(HttpRequestMessage request, string header) => Header(request, header) is not null;

    private static string? Header(HttpRequestMessage request, string header) =>
        request.Headers.TryGetValues(header, out var values) ? values.Single() : null;

    private static HttpResponseMessage Response(HttpStatusCode status)
    {
        var response = new HttpResponseMessage(status)
        {
            Content = new StringContent("""{"code":"Fault","message":"As the test has it."}""", Encoding.UTF8, "application/json"),
        };
        response.Headers.Add("x-ms-retry-after-ms", "1");
        return response;
    }
}
