using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Audit;

/// <summary>The audit records of every tenant. What is audited writes its record in the commit of the change itself, so that there is neither without the other.</summary>
public sealed class AuditLog(IDocumentStore store, DeviceIds ids, TimeProvider time)
{
    /// <summary>How long a record can be read.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    /// <summary>A record's write, to be committed with what it tells of.</summary>
    /// <param name="actor">Who did it.</param>
    /// <param name="type">What kind of thing it was done to.</param>
    /// <param name="source">The id of the thing.</param>
    /// <param name="activity">What was done, in a few words.</param>
    /// <param name="text">What was done, with the details.</param>
    /// <param name="changes">The members that were changed.</param>
    public DocumentWrite WriteOf(
        AuditActor actor,
        string type,
        string source,
        string activity,
        string text,
        IReadOnlyList<AuditChange>? changes = null
    )
    {
        var now = time.GetUtcNow();
        return Write(
            new AuditRecord
            {
                Id = ids.Next(),
                Type = type,
                Source = source,
                Activity = activity,
                Text = text,
                Time = now,
                Created = now,
                User = actor.User,
                Application = actor.Application,
                Severity = "INFORMATION",
                Changes = changes ?? [],
            }
        );
    }

    /// <summary>Commits writes with the record that tells of them.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="writes">What is written.</param>
    /// <param name="record">Makes the record, or null where there is nothing to tell.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="StoreConflictException">Something stands against one of the writes.</exception>
    public async Task<IReadOnlyList<string?>> CommitAsync(
        string tenant,
        IReadOnlyList<DocumentWrite> writes,
        Func<DocumentWrite?> record,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            try
            {
                return await store.CommitAsync(tenant, record() is { } told ? [.. writes, told] : writes, cancellation);
            }
            catch (StoreConflictException taken) when (taken.Key.Kind == Kinds.AuditRecord)
            {
                // Another instance has made the same id in this millisecond.
            }
        }
    }

    /// <summary>Writes a record down by itself; its id and when it was written are given here.</summary>
    public async Task<AuditRecord> AddAsync(string tenant, AuditRecord record, CancellationToken cancellation)
    {
        while (true)
        {
            var made = record with { Id = ids.Next(), Time = record.Time.ToUniversalTime(), Created = time.GetUtcNow() };
            try
            {
                await store.CommitAsync(tenant, Write(made), cancellation);
                return made;
            }
            catch (StoreConflictException)
            {
                // Another instance has made the same id in this millisecond.
            }
        }
    }

    public ValueTask<Stored<AuditRecord>?> FindAsync(string tenant, string id, CancellationToken cancellation) =>
        store.GetAsync(new DocumentKey(tenant, Kinds.AuditRecord, id), AuditJson.Default.AuditRecord, cancellation);

    /// <summary>One page of records, newest first unless asked otherwise.</summary>
    public Task<(IReadOnlyList<Stored<AuditRecord>> Items, string? Cursor)> ListAsync(
        string tenant,
        AuditFilter filter,
        bool descending,
        int limit,
        string? cursor,
        CancellationToken cancellation
    ) =>
        store.QueryAsync(
            new DocumentQuery(tenant, Kinds.AuditRecord, filter.ToFilter(), [new Ordering("time", descending)], limit, cursor),
            AuditJson.Default.AuditRecord,
            cancellation
        );

    public Task<long> CountAsync(string tenant, AuditFilter filter, CancellationToken cancellation) =>
        store.CountAsync(new DocumentQuery(tenant, Kinds.AuditRecord, filter.ToFilter()), cancellation);

    private DocumentWrite Write(AuditRecord record) =>
        new(WriteMode.Create, Kinds.AuditRecord, record.Id, AuditJson.Default.AuditRecord.ToBody(record), Expires: time.GetUtcNow() + Kept);
}
