using System.Text.Json;
using Serverless.Dialects.Http;
using Serverless.Domain.Documents;
using Serverless.Domain.Series;

namespace Serverless.App.Hosting;

/// <summary>The state of one port.</summary>
/// <param name="Name">The port.</param>
/// <param name="CheckAsync">Asks it something; throws where it does not answer. Returns what else there is to say, or null.</param>
internal sealed record HealthCheck(string Name, Func<CancellationToken, Task<string?>> CheckAsync);

/// <summary>GET /health: 200 where every port answers, else 503, in the shape of InfluxDB's /health, which its clients read.</summary>
internal sealed class Health(IReadOnlyList<HealthCheck> checks, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task HandleAsync(HttpContext context)
    {
        var results = await Task.WhenAll(checks.Select(check => RunAsync(check, context.RequestAborted)));
        var healthy = results.All(result => result.Passed);
        await JsonResponses.WriteAsync(
            context.Response,
            healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
            writer => Write(writer, healthy, results)
        );
    }

    private static void Write(Utf8JsonWriter writer, bool healthy, IEnumerable<Result> results)
    {
        writer.WriteStartObject();
        writer.WriteString("name", "serverless");
        writer.WriteString("message", healthy ? "ready for queries and writes" : "a port does not answer");
        writer.WriteString("status", healthy ? "pass" : "fail");
        writer.WriteStartArray("checks");
        foreach (var result in results)
        {
            writer.WriteStartObject();
            writer.WriteString("name", result.Name);
            writer.WriteString("status", result.Passed ? "pass" : "fail");
            if (result.Message is not null)
            {
                writer.WriteString("message", result.Message);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private async Task<Result> RunAsync(HealthCheck check, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            return new Result(check.Name, true, await check.CheckAsync(either.Token));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new Result(check.Name, false, $"It did not answer within {Patience.TotalSeconds} s.");
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return new Result(check.Name, false, failure.Message);
        }
    }

    /// <summary>The checks of the two stores, which every deployment has.</summary>
    public static IEnumerable<HealthCheck> OfStores(IDocumentStore documents, IRunStore runs) =>
        [
            new HealthCheck(
                "documents",
                async cancellation =>
                {
                    await documents.GetAsync(new DocumentKey(Partitions.System, Kinds.Tenant, "health"), cancellation);
                    return null;
                }
            ),
            new HealthCheck(
                "runs",
                async cancellation =>
                {
                    await runs.GetSealedVersionAsync(new SeriesPartition("health", "health", 0), cancellation);
                    return null;
                }
            ),
        ];

    private sealed record Result(string Name, bool Passed, string? Message);
}
