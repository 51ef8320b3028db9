using System.Text.Json.Nodes;
using Serverless.Domain.Audit;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;

namespace Serverless.Domain.Commands;

/// <summary>The commands of every tenant: given, found, listed, and changed one version at a time; every change is in the change log.</summary>
public sealed class CommandDirectory(
    IDocumentStore store,
    ChangeLog changes,
    DeviceDirectory devices,
    TenantDirectory tenants,
    DeviceIds ids,
    EventOutbox events,
    AuditLog audit,
    TimeProvider time
)
{
    /// <summary>The kind of the changes that commands make.</summary>
    public const string ChangeKind = "commands";

    /// <summary>How long a command can be read.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private static readonly TimeSpan KeysKept = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(30);
    private const int LongestName = 128;
    private const int LongestKey = 256;

    private readonly CommandAgents agents = new(devices);

    /// <summary>Told of every command of this process that waits to be sent, with its tenant.</summary>
    public event Action<string>? Queued;

    /// <summary>Gives a device a command; durable, and on its way, when the task completes. What comes of it is told by the change log.</summary>
    /// <exception cref="DomainException">There is no such device, a member is wrong, or the transaction, which is to be unique, is an open command's.</exception>
    public async Task<Stored<Command>> CreateAsync(string tenant, NewCommand command, CancellationToken cancellation, bool isTold = true)
    {
        var device = (await devices.GetAsync(tenant, command.Device, cancellation)).Value;
        var settings = (await tenants.GetAsync(tenant, cancellation)).Value.Settings.Commands;
        var life = command.Lifetime ?? TimeSpan.FromSeconds(settings.LifetimeSeconds);
        Check(command, life);
        var agent = await agents.FindAsync(tenant, device, cancellation);
        var delivery = command.Delivery ?? settings.WayTo(device.Type);
        if (delivery == CommandDelivery.Automatic && agent.Collects)
        {
            delivery = CommandDelivery.Collected;
        }

        while (true)
        {
            if (command.IdempotencyKey is { } key && await FindByEntryAsync(tenant, KeyId(key), cancellation) is { } there)
            {
                return there;
            }

            var transaction = await TransactionWriteAsync(tenant, device.Id, command, cancellation);
            var now = time.GetUtcNow();
            var made = new Command
            {
                Id = ids.Next(),
                Device = device.Id,
                Dialect = command.Dialect,
                User = command.User,
                Name = command.Name,
                Payload = command.Payload.DeepClone(),
                Properties = command.Properties,
                TransactionId = command.TransactionId,
                Expected = command.Expected?.DeepClone().AsObject(),
                Delivery = delivery,
                Reply = command.Reply,
                Due =
                    delivery != CommandDelivery.Collected ? now.ToUnixTimeMilliseconds()
                    : command.Endless ? null
                    : (now + life).ToUnixTimeMilliseconds(),
                Created = now,
                Updated = now,
                Deadline = command.Endless ? null : now + life,
                Agent = agent.Id,
                Bulk = command.Bulk,
            }.Step(CommandState.Queued, now, $"Given by {command.Dialect}.");
            try
            {
                var actor = new AuditActor(command.User, command.Application);
                List<DocumentWrite> writes = [.. Writes(made, command.IdempotencyKey, transaction), AuditWrite(actor, null, made)];
                var tags = await changes.CommitAsync(tenant, writes, isTold ? [ChangeOf("create", made)] : [], cancellation);
                Queued?.Invoke(tenant);
                return new Stored<Command>(made, tags[0]!);
            }
            catch (StoreConflictException conflict) when (conflict.Key.Kind == Kinds.CommandEntry)
            {
                // The same request, or another one with this transaction, at this moment: look what it left.
            }
        }
    }

    public ValueTask<Stored<Command>?> FindAsync(string tenant, string id, CancellationToken cancellation) =>
        store.GetAsync(new DocumentKey(tenant, Kinds.Command, id), CommandJson.Default.Command, cancellation);

    /// <exception cref="DomainException">The tenant has no such command.</exception>
    public async ValueTask<Stored<Command>> GetAsync(string tenant, string id, CancellationToken cancellation) =>
        await FindAsync(tenant, id, cancellation) ?? throw DomainException.NotFound($"command '{id}'");

    /// <summary>The device's newest command of this transaction, or null.</summary>
    public ValueTask<Stored<Command>?> FindByTransactionAsync(
        string tenant,
        string device,
        string transaction,
        CancellationToken cancellation
    ) => FindByEntryAsync(tenant, TransactionKey(device, transaction), cancellation);

    /// <summary>One page of commands, newest first unless asked otherwise.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="device">Only of this device; null for all.</param>
    /// <param name="filter">What else they must satisfy, or null.</param>
    /// <param name="descending">Whether the newest comes first.</param>
    /// <param name="limit">The most commands of a page.</param>
    /// <param name="cursor">Where the page starts, or null.</param>
    /// <param name="cancellation">Cancels it.</param>
    public Task<(IReadOnlyList<Stored<Command>> Items, string? Cursor)> ListAsync(
        string tenant,
        string? device,
        Filter? filter,
        bool descending,
        int limit,
        string? cursor,
        CancellationToken cancellation
    )
    {
        var terms = new List<Filter>();
        if (device is not null)
        {
            terms.Add(Filter.Eq("source", JsonValue.Create(device)));
        }

        if (filter is not null)
        {
            terms.Add(filter);
        }

        var query = new DocumentQuery(
            tenant,
            Kinds.Command,
            Filter.All(terms),
            descending ? [new Ordering("id", Descending: true)] : null,
            limit,
            cursor
        );
        return store.QueryAsync(query, CommandJson.Default.Command, cancellation);
    }

    /// <summary>How many commands a filter matches.</summary>
    public Task<long> CountAsync(string tenant, CommandFilter filter, CancellationToken cancellation) =>
        store.CountAsync(new DocumentQuery(tenant, Kinds.Command, filter.ToFilter()), cancellation);

    /// <summary>One page of commands by what they are, newest first or oldest first.</summary>
    public Task<(IReadOnlyList<Stored<Command>> Items, string? Cursor)> ListAsync(
        string tenant,
        CommandFilter filter,
        bool descending,
        int limit,
        string? cursor,
        CancellationToken cancellation
    ) => ListAsync(tenant, null, filter.ToFilter(), descending, limit, cursor, cancellation);

    /// <summary>Deletes a command; one that is open is not taken back by this.</summary>
    /// <returns>False where it was gone already, or has changed at this moment.</returns>
    internal async Task<bool> TryDeleteAsync(string tenant, Stored<Command> command, bool isTold, CancellationToken cancellation)
    {
        var write = new DocumentWrite(WriteMode.Delete, Kinds.Command, command.Value.Id, IfMatch: command.ETag);
        var change = new Change(ChangeKind, command.Value.Device, "delete", new JsonObject { ["id"] = command.Value.Id });
        try
        {
            await changes.CommitAsync(tenant, [write], isTold ? [change] : [], cancellation);
            return true;
        }
        catch (StoreConflictException)
        {
            return false;
        }
    }

    /// <summary>Changes a command; an end is told by an event.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The command's id.</param>
    /// <param name="change">Makes the new command from the old one; it may be called again when somebody else was faster. The same command back changes nothing.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <param name="actor">Who changes it, for the audit log; null for the cloud itself.</param>
    /// <param name="isTold">False logs no change.</param>
    /// <exception cref="DomainException">There is no such command.</exception>
    public async Task<Stored<Command>> UpdateAsync(
        string tenant,
        string id,
        Func<Command, Command> change,
        CancellationToken cancellation,
        AuditActor? actor = null,
        bool isTold = true
    )
    {
        while (true)
        {
            var old = await GetAsync(tenant, id, cancellation);
            var command = change(old.Value);
            if (ReferenceEquals(command, old.Value))
            {
                return old;
            }

            try
            {
                var writes = new List<DocumentWrite> { Write(WriteMode.Replace, command, old.ETag) };
                if (command.Stage != old.Value.Stage)
                {
                    writes.Add(AuditWrite(actor ?? AuditActor.Cloud, old.Value, command));
                }

                CloudEvent[] told = !command.IsOpen && old.Value.IsOpen ? [Ended(tenant, command)] : [];
                writes.AddRange(told.Select(one => PendingEvent.WriteOf(one, time.GetUtcNow())));
                var tags = await changes.CommitAsync(tenant, writes, isTold ? [ChangeOf("update", command)] : [], cancellation);
                await events.PublishAsync(tenant, told, cancellation);
                return new Stored<Command>(command, tags[0]!);
            }
            catch (StoreConflictException)
            {
                // Somebody else was faster: apply the change to what they left.
            }
        }
    }

    private async ValueTask<Stored<Command>?> FindByEntryAsync(string tenant, string id, CancellationToken cancellation)
    {
        var entry = await store.GetAsync(new DocumentKey(tenant, Kinds.CommandEntry, id), CommandJson.Default.CommandEntry, cancellation);
        return entry is null ? null : await FindAsync(tenant, entry.Value.Command, cancellation);
    }

    /// <summary>How the entry of the command's transaction is to be written, its body and end still to come; null where it has none.</summary>
    /// <exception cref="DomainException">The transaction is to be unique and an open command has it.</exception>
    private async ValueTask<DocumentWrite?> TransactionWriteAsync(
        string tenant,
        string device,
        NewCommand command,
        CancellationToken cancellation
    )
    {
        if (command.TransactionId is not { } transaction)
        {
            return null;
        }

        var id = TransactionKey(device, transaction);
        if (!command.UniqueTransaction)
        {
            return new DocumentWrite(WriteMode.Upsert, Kinds.CommandEntry, id);
        }

        // Under the entry's version: of two that find no open command at one moment, one finds the other's entry when it commits.
        var entry = await store.GetAsync(new DocumentKey(tenant, Kinds.CommandEntry, id), CommandJson.Default.CommandEntry, cancellation);
        if (entry is not null && await FindAsync(tenant, entry.Value.Command, cancellation) is { Value.IsOpen: true })
        {
            throw new DomainException(
                Refusal.Exists,
                $"The device has an open command with the transaction {transaction}.",
                "transactionId"
            );
        }

        return entry is null
            ? new DocumentWrite(WriteMode.Create, Kinds.CommandEntry, id)
            : new DocumentWrite(WriteMode.Replace, Kinds.CommandEntry, id, IfMatch: entry.ETag);
    }

    private static List<DocumentWrite> Writes(Command command, string? idempotencyKey, DocumentWrite? transaction)
    {
        var entry = CommandJson.Default.CommandEntry.ToBody(new CommandEntry(command.Id));
        var writes = new List<DocumentWrite> { Write(WriteMode.Create, command, null) };
        if (idempotencyKey is not null)
        {
            writes.Add(
                new DocumentWrite(WriteMode.Create, Kinds.CommandEntry, KeyId(idempotencyKey), entry, Expires: command.Created + KeysKept)
            );
        }

        if (transaction is not null)
        {
            writes.Add(transaction with { Body = entry, Expires = command.Created + Kept });
        }

        return writes;
    }

    private static DocumentWrite Write(WriteMode mode, Command command, string? etag) =>
        new(mode, Kinds.Command, command.Id, BodyOf(command), etag, command.Created + Kept);

    /// <summary>The stored form: the command with the members source, owner (its agent), status (its stage) and time, by which every kind is listed.</summary>
    private static ReadOnlyMemory<byte> BodyOf(Command command)
    {
        var body = CommandJson.ToObject(command);
        (body["source"], body["status"], body["time"]) = (command.Device, command.Stage.ToString(), body["created"]!.DeepClone());
        if (command.Agent is { } agent)
        {
            body["owner"] = agent;
        }

        return DocumentBodies.Of(body);
    }

    private DocumentWrite AuditWrite(AuditActor actor, Command? old, Command command)
    {
        var activity = old is null ? "Operation created" : "Operation updated";
        var (before, after) = (old?.Stage.ToString().ToUpperInvariant(), command.Stage.ToString().ToUpperInvariant());
        var change = new AuditChange("status", before, after);
        return audit.WriteOf(actor, "Operation", command.Id, activity, $"{activity}: status='{after}'", [change]);
    }

    private static string KeyId(string idempotencyKey) => $"key!{TokenHash.Of(idempotencyKey)}";

    private static string TransactionKey(string device, string transaction) => $"transaction!{device}!{Uri.EscapeDataString(transaction)}";

    private static void Check(NewCommand command, TimeSpan life)
    {
        if (command.Name.Length is 0 or > LongestName || !command.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            throw DomainException.Invalid("name", $"A command's name is 1 to {LongestName} of a-z, A-Z, 0-9, -, _ and dots.");
        }

        if (command.TransactionId is { Length: 0 or > LongestName })
        {
            throw DomainException.Invalid("transactionId", $"A transaction id has 1 to {LongestName} characters.");
        }

        if (command.IdempotencyKey is { Length: 0 or > LongestKey })
        {
            throw DomainException.Invalid("idempotencyKey", $"An idempotency key has 1 to {LongestKey} characters.");
        }

        if (life <= TimeSpan.Zero || life > LongestLife)
        {
            throw DomainException.Invalid("lifetime", $"A command lives for up to {LongestLife.TotalDays} days.");
        }
    }

    private static Change ChangeOf(string action, Command command) =>
        new(ChangeKind, command.Device, action, CommandJson.ToObject(command));

    private static CloudEvent Ended(string tenant, Command command)
    {
        var data = CommandJson.ToObject(command);
        var what = command.State.ToString().ToLowerInvariant();
        return new CloudEvent(
            $"{tenant}-{command.Id}-{what}",
            $"/tenants/{tenant}",
            $"serverless.command.{what}",
            $"devices/{command.Device}",
            command.Updated,
            data
        );
    }
}
