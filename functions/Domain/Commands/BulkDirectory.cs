using Serverless.Domain.Audit;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Commands;

/// <summary>The bulk operations of every tenant: made, listed, changed and cancelled. <see cref="BulkDispatcher"/> gives their commands.</summary>
public sealed class BulkDirectory(
    IDocumentStore store,
    CommandDirectory commands,
    CommandEchoes echoes,
    DeviceDirectory devices,
    AuditLog audit,
    DeviceIds ids,
    TimeProvider time
)
{
    /// <summary>How long one can be read.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private const double LongestRamp = 86_400;
    private const int PageSize = 500;

    /// <summary>Told of every bulk operation of this process that waits, with its tenant.</summary>
    public event Action<string>? Queued;

    /// <exception cref="DomainException">There is no such group or parent, or a member is wrong.</exception>
    public async Task<BulkOperation> CreateAsync(string tenant, NewBulkOperation asked, CancellationToken cancellation)
    {
        CheckRamp(asked.RampSeconds);
        if (asked.Group is null == asked.FailedParent is null)
        {
            throw DomainException.Invalid("groupId", "A bulk operation has either a groupId or a failedParentId.");
        }

        if (asked.Group is { } group && await devices.FindAsync(tenant, group, cancellation) is null)
        {
            throw DomainException.Invalid("groupId", $"There is no group '{group}'.");
        }

        if (asked.FailedParent is { } parent && await FindAsync(tenant, parent, cancellation) is null)
        {
            throw DomainException.Invalid("failedParentId", $"There is no bulk operation '{parent}'.");
        }

        var now = time.GetUtcNow();
        var start = asked.Start?.ToUniversalTime() ?? now;
        var made = new BulkOperation
        {
            Id = ids.Next(),
            Group = asked.Group,
            FailedParent = asked.FailedParent,
            Start = start,
            RampSeconds = asked.RampSeconds,
            Prototype = asked.Prototype.DeepClone().AsObject(),
            Dialect = asked.Dialect,
            User = asked.User,
            Due = start.ToUnixTimeMilliseconds(),
            Created = now,
            Updated = now,
        };
        var record = audit.WriteOf(
            new AuditActor(asked.User),
            "BulkOperation",
            made.Id,
            "Bulk operation created",
            $"Bulk operation created: {(made.Group is null ? $"failedParentId='{made.FailedParent}'" : $"groupId='{made.Group}'")}"
        );
        await store.CommitAsync(tenant, [Write(WriteMode.Create, made, null), record], cancellation);
        Queued?.Invoke(tenant);
        return made;
    }

    public ValueTask<Stored<BulkOperation>?> FindAsync(string tenant, string id, CancellationToken cancellation) =>
        store.GetAsync(new DocumentKey(tenant, Kinds.BulkOperation, id), BulkJson.Default.BulkOperation, cancellation);

    /// <summary>One page, newest first.</summary>
    public Task<(IReadOnlyList<Stored<BulkOperation>> Items, string? Cursor)> ListAsync(
        string tenant,
        Filter? filter,
        int limit,
        string? cursor,
        CancellationToken cancellation
    ) =>
        store.QueryAsync(
            new DocumentQuery(tenant, Kinds.BulkOperation, filter, [new Ordering("id", Descending: true)], limit, cursor),
            BulkJson.Default.BulkOperation,
            cancellation
        );

    public Task<long> CountAsync(string tenant, CancellationToken cancellation) =>
        store.CountAsync(new DocumentQuery(tenant, Kinds.BulkOperation), cancellation);

    /// <summary>How many of its commands are how far. Devices that take none count as failed, those whose turn is still to come as nothing.</summary>
    public async Task<BulkProgress> ProgressAsync(string tenant, BulkOperation bulk, CancellationToken cancellation)
    {
        return new BulkProgress(
            await CountAsync(CommandStage.Pending),
            await CountAsync(CommandStage.Executing),
            await CountAsync(CommandStage.Successful),
            await CountAsync(CommandStage.Failed) + bulk.Skipped
        );

        Task<long> CountAsync(CommandStage stage) =>
            commands.CountAsync(tenant, new CommandFilter { Bulk = bulk.Id, Stage = stage }, cancellation);
    }

    /// <summary>Changes a bulk operation.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">Its id.</param>
    /// <param name="change">Makes the new one from the old one; it may be called again when somebody else was faster. The same one back changes nothing.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="DomainException">There is no such bulk operation, or what comes out is wrong.</exception>
    public async Task<BulkOperation> UpdateAsync(
        string tenant,
        string id,
        Func<BulkOperation, BulkOperation> change,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            var old = await FindAsync(tenant, id, cancellation) ?? throw DomainException.NotFound($"bulk operation '{id}'");
            var next = change(old.Value);
            if (ReferenceEquals(next, old.Value))
            {
                return next;
            }

            CheckRamp(next.RampSeconds);
            next = next with { Updated = time.GetUtcNow() };
            try
            {
                await store.CommitAsync(tenant, Write(WriteMode.Replace, next, old.ETag), cancellation);
                Queued?.Invoke(tenant);
                return next;
            }
            catch (StoreConflictException)
            {
                // Somebody else was faster: apply the change to what they left.
            }
        }
    }

    /// <summary>Cancels a bulk operation: no more commands are given, and those that nobody has begun fail.</summary>
    /// <exception cref="DomainException">There is no such bulk operation.</exception>
    public async Task CancelAsync(string tenant, string id, AuditActor actor, CancellationToken cancellation)
    {
        var cancelled = await UpdateAsync(
            tenant,
            id,
            bulk => bulk.IsOpen ? bulk with { Status = BulkStatus.Deleted, Due = null } : bulk,
            cancellation
        );
        if (cancelled.Status != BulkStatus.Deleted)
        {
            return;
        }

        var pending = new CommandFilter { Bulk = id, Stage = CommandStage.Pending };
        while (await commands.ListAsync(tenant, pending, descending: false, PageSize, null, cancellation) is { Items.Count: > 0 } page)
        {
            foreach (var command in page.Items)
            {
                await echoes.CancelAsync(tenant, command.Value.Id, "The bulk operation was cancelled.", cancellation);
            }
        }

        var record = audit.WriteOf(actor, "BulkOperation", id, "Bulk operation cancelled", "Bulk operation cancelled");
        await store.CommitAsync(tenant, [record], cancellation);
    }

    private static DocumentWrite Write(WriteMode mode, BulkOperation bulk, string? etag) =>
        new(mode, Kinds.BulkOperation, bulk.Id, BulkJson.Default.BulkOperation.ToBody(bulk), etag, bulk.Created + Kept);

    private static void CheckRamp(double seconds)
    {
        if (!(seconds is >= 0 and <= LongestRamp))
        {
            throw DomainException.Invalid("creationRamp", $"creationRamp is 0 to {LongestRamp} seconds.");
        }
    }
}
