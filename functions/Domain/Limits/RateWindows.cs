using System.Text.Json.Serialization;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Limits;

/// <summary>Limits of one request in so many seconds that hold across instances: the time of the next one is in the store, and whoever moves it on under its entity tag has it.</summary>
public sealed class RateWindows(IDocumentStore store, TimeProvider time)
{
    /// <summary>Takes the window's one request.</summary>
    /// <param name="partition">The tenant.</param>
    /// <param name="key">What the limit is for; no secret, and at most 128 of the characters that every store takes in an id.</param>
    /// <param name="window">How long the next one has to wait; zero for no limit.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <returns>Null where the request may go on, else how long it must wait.</returns>
    public async Task<TimeSpan?> TakeAsync(string partition, string key, TimeSpan window, CancellationToken cancellation)
    {
        if (window <= TimeSpan.Zero)
        {
            return null;
        }

        while (true)
        {
            var now = time.GetUtcNow();
            var stored = await store.GetAsync(new DocumentKey(partition, Kinds.RateWindow, key), RateJson.Default.RateWindow, cancellation);
            if (stored is not null && stored.Value.Next > now)
            {
                return stored.Value.Next - now;
            }

            try
            {
                var next = new RateWindow(now + window);
                var mode = stored is null ? WriteMode.Create : WriteMode.Replace;
                var write = new DocumentWrite(
                    mode,
                    Kinds.RateWindow,
                    key,
                    RateJson.Default.RateWindow.ToBody(next),
                    stored?.ETag,
                    next.Next + window
                );
                await store.CommitAsync(partition, write, cancellation);
                return null;
            }
            catch (StoreConflictException)
            {
                // Another request was faster: look at when the next one may come.
            }
        }
    }
}

/// <summary>When the next request may come.</summary>
internal sealed record RateWindow(DateTimeOffset Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RateWindow))]
internal sealed partial class RateJson : JsonSerializerContext;
