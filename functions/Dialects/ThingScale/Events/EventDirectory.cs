using Serverless.Dialects.ThingScale.Channels;
using Serverless.Dialects.ThingScale.Requests;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.ThingScale.Events;

/// <summary>A tenant's events, in documents of their own kind, numbered from 1.</summary>
internal sealed class EventDirectory(IDocumentStore store)
{
    private const string Counter = "event";
    private const int PageSize = 100;

    /// <exception cref="ThingScaleException">NO_EVENT.</exception>
    public async Task<Stored<ThingScaleEvent>> GetAsync(string tenant, int number, CancellationToken cancellation) =>
        await FindAsync(tenant, number, cancellation) ?? throw ThingScaleError.NoEvent.Refused();

    public ValueTask<Stored<ThingScaleEvent>?> FindAsync(string tenant, int number, CancellationToken cancellation) =>
        store.GetAsync(Key(tenant, number), ThingScaleJson.Default.ThingScaleEvent, cancellation);

    public IAsyncEnumerable<Stored<ThingScaleEvent>> ListAsync(string tenant, CancellationToken cancellation) =>
        store.QueryAllAsync(
            new DocumentQuery(tenant, Kinds.ThingScaleEvent, Limit: PageSize),
            ThingScaleJson.Default.ThingScaleEvent,
            cancellation
        );

    /// <summary>Makes an event that watches nothing yet.</summary>
    public async Task<ThingScaleEvent> CreateAsync(string tenant, CancellationToken cancellation)
    {
        var key = new DocumentKey(tenant, Kinds.ThingScaleCounter, Counter);
        while (true)
        {
            var counter = await store.GetAsync(key, ThingScaleJson.Default.EventCounter, cancellation);
            var made = ThingScaleEvent.New((counter?.Value.Last ?? 0) + 1);
            var next = ThingScaleJson.Default.EventCounter.ToBody(new EventCounter(made.Number));
            try
            {
                await store.CommitAsync(
                    tenant,
                    [
                        new DocumentWrite(counter is null ? WriteMode.Create : WriteMode.Replace, key.Kind, key.Id, next, counter?.ETag),
                        Write(WriteMode.Create, made, null),
                    ],
                    cancellation
                );
                return made;
            }
            catch (StoreConflictException)
            {
                // Another request took the number.
            }
        }
    }

    /// <summary>The write that changes an event in the version that was read.</summary>
    public static DocumentWrite Replacement(ThingScaleEvent changed, string etag) => Write(WriteMode.Replace, changed, etag);

    /// <summary>The write that deletes an event in the version that was read.</summary>
    public static DocumentWrite Removal(int number, string etag) => new(WriteMode.Delete, Kinds.ThingScaleEvent, Id(number), IfMatch: etag);

    private static DocumentWrite Write(WriteMode mode, ThingScaleEvent one, string? etag)
    {
        var body = ThingScaleJson.Default.ThingScaleEvent.ToBody(one);
        return new DocumentWrite(mode, Kinds.ThingScaleEvent, Id(one.Number), body, etag);
    }

    private static DocumentKey Key(string tenant, int number) => new(tenant, Kinds.ThingScaleEvent, Id(number));

    // Ten digits, so that the order of ids, which every store has, is that of numbers.
    private static string Id(int number) => $"{number:D10}";
}
