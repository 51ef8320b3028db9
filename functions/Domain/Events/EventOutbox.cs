using System.Runtime.ExceptionServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Domain.Documents;
using Serverless.Domain.Tenants;

namespace Serverless.Domain.Events;

/// <summary>
/// Publishes events, at least once and with the same id each time, however the process ends: an event is committed together with what caused it (<see cref="PendingEvent.WriteOf"/>), published
/// right after that commit, and forgotten then. What is left, by a process that died or while the publisher was away, is published by whoever looks for it later.
/// </summary>
public sealed class EventOutbox(IDocumentStore store, IEventPublisher publisher, TenantDirectory tenants, TimeProvider time)
{
    /// <summary>How long whoever causes an event waits for its publication; afterwards it is left for later.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const int PageSize = IDocumentStore.MaxWrites;

    // So many failures in a row are the publisher's, not the events'.
    private const int MostFailures = 3;

    private long pausedUntil;

    /// <summary>Told of events of this process that could not be published at once, with their tenant and the reason.</summary>
    public event Action<string, Exception>? Left;

    /// <summary>Publishes events whose pending form the caller has committed. It does not fail: what cannot be published now is published later.</summary>
    /// <remarks>After a failure nobody waits for the publisher for a while: events are left for later at once.</remarks>
    public async Task PublishAsync(string tenant, IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (events.Count == 0 || now.UtcTicks < Interlocked.Read(ref pausedUntil))
        {
            return;
        }

        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            await publisher.PublishAsync(events, either.Token);
            await ForgetAsync(tenant, [.. events.Select(PendingEvent.IdOf)], either.Token);
        }
        catch (Exception failure) when (cancellation.IsCancellationRequested)
        {
            // Nobody waits for the answer any more; what it was about has happened.
            Left?.Invoke(tenant, failure);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Interlocked.Exchange(ref pausedUntil, (now + PendingEvent.Grace).UtcTicks);
            Left?.Invoke(tenant, failure);
        }
    }

    /// <summary>Makes events pending that have no commit of their own to be in, and publishes them.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot answer: they are neither pending nor published.</exception>
    public async Task AddAsync(string tenant, IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        foreach (var chunk in events.DistinctBy(PendingEvent.IdOf).Chunk(IDocumentStore.MaxWrites))
        {
            await store.CommitAsync(tenant, [.. chunk.Select(one => PendingEvent.WriteOf(one, now))], cancellation);
            await PublishAsync(tenant, chunk, cancellation);
        }
    }

    /// <summary>Publishes what a tenant's events have been left and are due.</summary>
    /// <exception cref="StoreUnavailableException">The publisher or the store is away; the events stay.</exception>
    public Task ResumeAsync(string tenant, CancellationToken cancellation) =>
        ResumeAsync(tenant, time.GetUtcNow().ToUnixTimeMilliseconds(), cancellation);

    /// <summary>Publishes every event that is pending, of all tenants: where no other process may be about to do it.</summary>
    /// <exception cref="StoreUnavailableException">The publisher or the store is away; the events stay.</exception>
    public async Task ResumeAllAsync(CancellationToken cancellation)
    {
        await foreach (var tenant in tenants.AllAsync(cancellation))
        {
            await ResumeAsync(tenant.Value.Id, long.MaxValue, cancellation);
        }
    }

    private async Task ResumeAsync(string tenant, long due, CancellationToken cancellation)
    {
        var filter = new Filter.Compare("due", Comparison.LessOrEqual, JsonValue.Create(due));
        Exception? first = null;
        string? cursor = null;
        do
        {
            var page = await store.QueryAsync(new DocumentQuery(tenant, Kinds.PendingEvent, filter, null, PageSize, cursor), cancellation);
            cursor = page.Cursor;
            if (page.Items.Count > 0 && await PublishPageAsync(tenant, page.Items, cancellation) is { } failure)
            {
                first ??= failure;
            }
        } while (cursor is not null);

        if (first is not null)
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }

    /// <returns>Why some of them are still there, or null.</returns>
    private async Task<Exception?> PublishPageAsync(string tenant, IReadOnlyList<Document> page, CancellationToken cancellation)
    {
        if (await TryPublishAsync(tenant, page, cancellation) is not { } failure)
        {
            return null;
        }

        if (page.Count == 1)
        {
            await PostponeAsync(tenant, page[0], cancellation);
            return failure;
        }

        // Perhaps one of them can never be published: it must not hold up the others.
        var failures = 0;
        Exception? first = null;
        foreach (var item in page)
        {
            if (await TryPublishAsync(tenant, [item], cancellation) is not { } why)
            {
                failures = 0;
                continue;
            }

            await PostponeAsync(tenant, item, cancellation);
            first ??= why;
            if (++failures == MostFailures)
            {
                ExceptionDispatchInfo.Throw(why);
            }
        }

        return first;
    }

    /// <returns>Why it has failed, or null where the events are published and forgotten.</returns>
    private async Task<Exception?> TryPublishAsync(string tenant, IReadOnlyList<Document> items, CancellationToken cancellation)
    {
        try
        {
            await publisher.PublishAsync([.. items.Select(EventOf)], cancellation);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested && failure is not OutOfMemoryException)
        {
            return failure;
        }

        await ForgetAsync(tenant, [.. items.Select(item => item.Key.Id)], cancellation);
        return null;
    }

    private async Task PostponeAsync(string tenant, Document item, CancellationToken cancellation)
    {
        try
        {
            var postponed = Read(item).Postponed(time.GetUtcNow());
            var ends = DateTimeOffset.FromUnixTimeMilliseconds(postponed.Ends);
            var body = PendingEvent.BodyOf(postponed);
            var write = new DocumentWrite(WriteMode.Replace, Kinds.PendingEvent, item.Key.Id, body, item.ETag, ends);
            await store.CommitAsync(tenant, write, cancellation);
        }
        catch (StoreConflictException)
        {
            // Another instance has published it, or postponed it.
        }
    }

    /// <summary>Forgets events that are published; what another instance has forgotten already is none the worse.</summary>
    private async Task ForgetAsync(string tenant, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        foreach (var chunk in ids.Distinct().Chunk(IDocumentStore.MaxWrites))
        {
            try
            {
                await store.CommitAsync(tenant, [.. chunk.Select(Removal)], cancellation);
            }
            catch (StoreConflictException) when (chunk.Length > 1)
            {
                foreach (var id in chunk)
                {
                    await ForgetAsync(tenant, [id], cancellation);
                }
            }
            catch (StoreConflictException)
            {
                // It is gone.
            }
        }
    }

    private static DocumentWrite Removal(string id) => new(WriteMode.Delete, Kinds.PendingEvent, id);

    private static PendingEvent Read(Document item) => JsonSerializer.Deserialize(item.Body.Span, PendingEventJson.Default.PendingEvent)!;

    private static CloudEvent EventOf(Document item)
    {
        using var json = JsonDocument.Parse(item.Body);
        return CloudEventJson.Read(json.RootElement.GetProperty("event"));
    }
}
