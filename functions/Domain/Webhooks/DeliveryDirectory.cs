using System.Text.Json.Nodes;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;

namespace Serverless.Domain.Webhooks;

/// <summary>The deliveries of every tenant: made once for an event and a webhook, claimed for an attempt, ended, given up and replayed; the log of each webhook.</summary>
public sealed class DeliveryDirectory(IDocumentStore store, WebhookOptions options, TimeProvider time)
{
    /// <summary>How long a delivery that has ended well can be read.</summary>
    public static readonly TimeSpan DeliveredKept = TimeSpan.FromDays(7);

    /// <summary>How long a dead letter can be read and replayed.</summary>
    public static readonly TimeSpan DeadLettersKept = TimeSpan.FromDays(30);

    /// <summary>Makes a delivery of an event for each webhook; one that is there already stays as it is.</summary>
    /// <returns>Those that are pending, made now or before.</returns>
    public async Task<IReadOnlyList<Delivery>> AddAsync(
        string tenant,
        CloudEvent cloudEvent,
        IReadOnlyList<string> webhooks,
        CancellationToken cancellation
    )
    {
        var pending = new List<Delivery>();
        foreach (var chunk in webhooks.Chunk(IDocumentStore.MaxWrites))
        {
            pending.AddRange(await AddChunkAsync(tenant, cloudEvent, chunk, cancellation));
        }

        return pending;
    }

    public ValueTask<Stored<Delivery>?> FindAsync(string tenant, string id, CancellationToken cancellation) =>
        store.GetAsync(new DocumentKey(Partitions.Deliveries(tenant), Kinds.Delivery, id), WebhookJson.Default.Delivery, cancellation);

    /// <exception cref="DomainException">The webhook has no such delivery.</exception>
    public async ValueTask<Stored<Delivery>> GetAsync(string tenant, string webhook, string id, CancellationToken cancellation) =>
        await FindAsync(tenant, id, cancellation) is { } stored && stored.Value.Webhook == webhook
            ? stored
            : throw DomainException.NotFound($"delivery '{id}'");

    /// <summary>One page of a webhook's deliveries, newest first.</summary>
    public Task<(IReadOnlyList<Stored<Delivery>> Items, string? Cursor)> ListAsync(
        string tenant,
        string webhook,
        DeliveryState? state,
        int limit,
        string? cursor,
        CancellationToken cancellation
    )
    {
        var ofWebhook = Filter.Eq("source", JsonValue.Create(webhook));
        var filter = state is { } wanted ? Filter.All(ofWebhook, StateIs(wanted)) : ofWebhook;
        return QueryAsync(tenant, filter, [new Ordering("time", Descending: true)], limit, cursor, cancellation);
    }

    /// <summary>One page of the tenant's deliveries that have waited for an attempt since before a time.</summary>
    public Task<(IReadOnlyList<Stored<Delivery>> Items, string? Cursor)> ListDueAsync(
        string tenant,
        DateTimeOffset before,
        int limit,
        string? cursor,
        CancellationToken cancellation
    )
    {
        var due = new Filter.Compare("due", Comparison.LessOrEqual, JsonValue.Create(before.ToUnixTimeMilliseconds()));
        return QueryAsync(tenant, Filter.All(StateIs(DeliveryState.Pending), due), null, limit, cursor, cancellation);
    }

    /// <summary>Begins an attempt of a delivery in the version that was read, so that one instance makes it.</summary>
    /// <returns>The delivery with the attempt, or null where somebody else was faster.</returns>
    public async Task<Stored<Delivery>?> ClaimAsync(string tenant, Stored<Delivery> read, CancellationToken cancellation)
    {
        try
        {
            return await WriteAsync(tenant, read.Value.Begin(time.GetUtcNow(), options.Lease), read.ETag, cancellation);
        }
        catch (StoreConflictException)
        {
            return null;
        }
    }

    /// <summary>Changes a delivery.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="read">The version that is known.</param>
    /// <param name="change">Makes the new delivery from the old one; called again when somebody else was faster. The same one back changes nothing.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <returns>The delivery as it is now, or null where it is no longer there.</returns>
    public async Task<Delivery?> UpdateAsync(
        string tenant,
        Stored<Delivery> read,
        Func<Delivery, Delivery> change,
        CancellationToken cancellation
    )
    {
        for (Stored<Delivery>? old = read; old is not null; old = await FindAsync(tenant, read.Value.Id, cancellation))
        {
            var delivery = change(old.Value);
            if (ReferenceEquals(delivery, old.Value))
            {
                return delivery;
            }

            try
            {
                return (await WriteAsync(tenant, delivery, old.ETag, cancellation)).Value;
            }
            catch (StoreConflictException)
            {
                // Somebody else was faster: apply the change to what they left.
            }
        }

        return null;
    }

    /// <summary>Tries a dead letter again from the beginning of the schedule; another delivery stays as it is.</summary>
    public Task<Delivery?> ReplayAsync(string tenant, Stored<Delivery> read, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        return UpdateAsync(
            tenant,
            read,
            letter =>
                letter.State != DeliveryState.DeadLetter
                    ? letter
                    : letter with
                    {
                        State = DeliveryState.Pending,
                        Due = now.ToUnixTimeMilliseconds(),
                        Deadline = now + options.Lifetime,
                        Attempts = 0,
                        Reason = null,
                        Updated = now,
                    },
            cancellation
        );
    }

    /// <summary>Forgets a delivery, whatever has become of it.</summary>
    public async Task RemoveAsync(string tenant, string id, CancellationToken cancellation)
    {
        try
        {
            await store.CommitAsync(Partitions.Deliveries(tenant), new DocumentWrite(WriteMode.Delete, Kinds.Delivery, id), cancellation);
        }
        catch (StoreConflictException)
        {
            // It is not there any more.
        }
    }

    private async Task<List<Delivery>> AddChunkAsync(
        string tenant,
        CloudEvent cloudEvent,
        IReadOnlyList<string> webhooks,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            var pending = new List<Delivery>();
            var writes = new List<DocumentWrite>();
            foreach (var webhook in webhooks)
            {
                var known = await FindAsync(tenant, Delivery.IdOf(cloudEvent, webhook), cancellation);
                var delivery = known?.Value ?? New(cloudEvent, webhook);
                if (delivery.State == DeliveryState.Pending)
                {
                    pending.Add(delivery);
                }

                if (known is null)
                {
                    var body = WebhookJson.Default.Delivery.ToBody(delivery);
                    writes.Add(new DocumentWrite(WriteMode.Create, Kinds.Delivery, delivery.Id, body));
                }
            }

            if (writes.Count == 0)
            {
                return pending;
            }

            try
            {
                await store.CommitAsync(Partitions.Deliveries(tenant), writes, cancellation);
                return pending;
            }
            catch (StoreConflictException)
            {
                // The same event came a second time at this moment: look what that made.
            }
        }
    }

    private Delivery New(CloudEvent cloudEvent, string webhook)
    {
        var now = time.GetUtcNow();
        return new Delivery
        {
            Id = Delivery.IdOf(cloudEvent, webhook),
            Webhook = webhook,
            Created = now,
            Updated = now,
            Due = (now + options.Schedule[0]).ToUnixTimeMilliseconds(),
            Deadline = now + options.Lifetime,
            EventId = cloudEvent.Id,
            EventType = cloudEvent.Type,
            EventSubject = cloudEvent.Subject,
            Event = CloudEventJson.Write(cloudEvent),
        };
    }

    private async Task<Stored<Delivery>> WriteAsync(string tenant, Delivery delivery, string etag, CancellationToken cancellation)
    {
        DateTimeOffset? expires = delivery.State switch
        {
            DeliveryState.Delivered => delivery.Updated + DeliveredKept,
            DeliveryState.DeadLetter => delivery.Updated + DeadLettersKept,
            _ => null,
        };
        var body = WebhookJson.Default.Delivery.ToBody(delivery);
        var write = new DocumentWrite(WriteMode.Replace, Kinds.Delivery, delivery.Id, body, etag, expires);
        return new Stored<Delivery>(delivery, (await store.CommitAsync(Partitions.Deliveries(tenant), write, cancellation))!);
    }

    private Task<(IReadOnlyList<Stored<Delivery>> Items, string? Cursor)> QueryAsync(
        string tenant,
        Filter filter,
        IReadOnlyList<Ordering>? order,
        int limit,
        string? cursor,
        CancellationToken cancellation
    ) =>
        store.QueryAsync(
            new DocumentQuery(Partitions.Deliveries(tenant), Kinds.Delivery, filter, order, limit, cursor),
            WebhookJson.Default.Delivery,
            cancellation
        );

    private static Filter.Compare StateIs(DeliveryState state) => new("status", Comparison.Equal, JsonValue.Create(state.ToString()));
}
