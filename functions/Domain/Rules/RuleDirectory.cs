using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Rules;

/// <summary>What a rule is made from, or changed to.</summary>
public sealed record RuleChange
{
    public required string Name { get; init; }

    public bool Enabled { get; init; } = true;

    public RuleScope Scope { get; init; } = new();

    public required string Measurement { get; init; }

    public string Field { get; init; } = Telemetry.Readings.ValueField;

    /// <summary>As <see cref="Rule.Path"/>: measurement and field are its.</summary>
    public string? Path { get; init; }

    public RuleCondition? Condition { get; init; }

    public double ForSeconds { get; init; }

    public double? SilenceSeconds { get; init; }

    public RuleAlarm? Alarm { get; init; }

    public string? Dialect { get; init; }

    public System.Text.Json.Nodes.JsonObject? Fragments { get; init; }
}

/// <summary>
/// The rules of every tenant: made, changed, deleted. Each change replaces the tenant's head, by which every instance learns of it. What a rule has raised ends with it.
/// </summary>
public sealed class RuleDirectory(IDocumentStore store, DeviceIds ids, RuleEndings endings, TimeProvider time)
{
    private const int PageSize = 500;
    private const int LongestName = 256;
    private const double LongestSeconds = 31 * 24 * 3600;

    /// <summary>Told of every change to a tenant's rules by this process, with the tenant.</summary>
    public event Action<string>? Changed;

    public ValueTask<Stored<Rule>?> FindAsync(string tenant, string id, CancellationToken cancellation) =>
        store.GetAsync(new DocumentKey(tenant, Kinds.Rule, id), RuleJson.Default.Rule, cancellation);

    /// <exception cref="DomainException">The tenant has no such rule.</exception>
    public async ValueTask<Stored<Rule>> GetAsync(string tenant, string id, CancellationToken cancellation) =>
        await FindAsync(tenant, id, cancellation) ?? throw DomainException.NotFound($"rule '{id}'");

    /// <summary>One page of the tenant's rules, the oldest first.</summary>
    public Task<(IReadOnlyList<Stored<Rule>> Items, string? Cursor)> ListAsync(
        string tenant,
        Filter? filter,
        int limit,
        string? cursor,
        CancellationToken cancellation
    ) => store.QueryAsync(new DocumentQuery(tenant, Kinds.Rule, filter, null, limit, cursor), RuleJson.Default.Rule, cancellation);

    /// <summary>All of the tenant's rules.</summary>
    public IAsyncEnumerable<Stored<Rule>> AllAsync(string tenant, CancellationToken cancellation) =>
        store.QueryAllAsync(new DocumentQuery(tenant, Kinds.Rule, Limit: PageSize), RuleJson.Default.Rule, cancellation);

    /// <exception cref="DomainException">A member is wrong.</exception>
    public async Task<Stored<Rule>> CreateAsync(string tenant, RuleChange rule, CancellationToken cancellation)
    {
        Check(rule);
        while (true)
        {
            var made = New(ids.Next(), rule);
            if (await CommitAsync(tenant, [Write(WriteMode.Create, made, null)], cancellation) is { } tag)
            {
                return new Stored<Rule>(made, tag);
            }
        }
    }

    /// <summary>Makes a rule under an id of the caller's, or changes the one that is there, in one commit with what belongs to it.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The rule's id.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="with">Other writes of the tenant.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="DomainException">A member is wrong.</exception>
    /// <exception cref="StoreConflictException">One of the other writes does not fit what is stored; nothing was written.</exception>
    public async Task PutAsync(string tenant, string id, RuleChange rule, IReadOnlyList<DocumentWrite> with, CancellationToken cancellation)
    {
        Check(rule);
        while (true)
        {
            var writes = new List<DocumentWrite>(with);
            if (await FindAsync(tenant, id, cancellation) is { } old)
            {
                var (_, changes) = Changes(old, rule);
                writes.AddRange(changes);
            }
            else
            {
                writes.Add(Write(WriteMode.Create, New(id, rule), null));
            }

            if (await CommitAsync(tenant, writes, cancellation) is not null)
            {
                await EndAsync(tenant, writes, cancellation);
                return;
            }
        }
    }

    /// <summary>Deletes a rule in one commit with what belongs to it; where it is not there that is committed alone.</summary>
    /// <exception cref="StoreConflictException">One of the other writes does not fit what is stored; nothing was written.</exception>
    public async Task RemoveAsync(string tenant, string id, IReadOnlyList<DocumentWrite> with, CancellationToken cancellation)
    {
        while (true)
        {
            if (await FindAsync(tenant, id, cancellation) is not { } old)
            {
                if (with.Count > 0)
                {
                    await store.CommitAsync(tenant, with, cancellation);
                }

                return;
            }

            if (await DeleteAsync(tenant, old, with, cancellation))
            {
                return;
            }
        }
    }

    /// <summary>Changes a rule. Where it watches something else than before, or has another alarm, it begins anew with every device, and what it has raised is cleared.</summary>
    /// <exception cref="DomainException">There is no such rule, a member is wrong, or its version is not the one seen.</exception>
    public async Task<Stored<Rule>> UpdateAsync(
        string tenant,
        string id,
        Func<Rule, RuleChange> change,
        string? ifMatch,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            var old = await GetAsync(tenant, id, cancellation);
            if (ifMatch is not null && ifMatch != old.ETag)
            {
                throw new DomainException(Refusal.PreconditionFailed, "The rule has changed in the meantime.");
            }

            var wanted = change(old.Value);
            Check(wanted);
            var (rule, writes) = Changes(old, wanted);
            if (await CommitAsync(tenant, writes, cancellation) is { } tag)
            {
                await EndAsync(tenant, writes, cancellation);
                return new Stored<Rule>(rule, tag);
            }
        }
    }

    /// <exception cref="DomainException">There is no such rule, or its version is not the one seen.</exception>
    public async Task DeleteAsync(string tenant, string id, string? ifMatch, CancellationToken cancellation)
    {
        while (true)
        {
            var old = await GetAsync(tenant, id, cancellation);
            if (ifMatch is not null && ifMatch != old.ETag)
            {
                throw new DomainException(Refusal.PreconditionFailed, "The rule has changed in the meantime.");
            }

            if (await DeleteAsync(tenant, old, [], cancellation))
            {
                return;
            }
        }
    }

    /// <returns>False where somebody else has changed the rule at this moment.</returns>
    private async Task<bool> DeleteAsync(string tenant, Stored<Rule> old, IReadOnlyList<DocumentWrite> with, CancellationToken cancellation)
    {
        List<DocumentWrite> writes =
        [
            .. with,
            .. RuleEndings.WritesOf(old.Value, EndReasons.Deleted, time.GetUtcNow()),
            new DocumentWrite(WriteMode.Delete, Kinds.Rule, old.Value.Id, IfMatch: old.ETag),
        ];
        if (await CommitAsync(tenant, writes, cancellation) is null)
        {
            return false;
        }

        await EndAsync(tenant, writes, cancellation);
        return true;
    }

    /// <summary>The rule with what is wanted, and the writes of that: what ends with the version before, then the rule.</summary>
    private (Rule Rule, List<DocumentWrite> Writes) Changes(Stored<Rule> old, RuleChange wanted)
    {
        var now = time.GetUtcNow();
        var rule = Made(wanted, old.Value) with { Updated = now };
        var writes = new List<DocumentWrite>();
        if (!WatchesTheSame(old.Value, rule))
        {
            rule = rule with { Version = rule.Version + 1, Since = now };
            writes.AddRange(RuleEndings.WritesOf(old.Value, rule.Enabled ? EndReasons.Changed : EndReasons.Disabled, now));
        }

        writes.Add(Write(WriteMode.Replace, rule, old.ETag));
        return (rule, writes);
    }

    /// <summary>The tenant's head, and its entity tag; null where the tenant never had a rule.</summary>
    internal ValueTask<Stored<RuleHead>?> GetHeadAsync(string tenant, CancellationToken cancellation) =>
        store.GetAsync(HeadKey(tenant), RuleJson.Default.RuleHead, cancellation);

    internal static DocumentWrite HeadWrite(RuleHead head, Stored<RuleHead>? seen) =>
        new(
            seen is null ? WriteMode.Create : WriteMode.Replace,
            Kinds.RuleHead,
            HeadId,
            RuleJson.Default.RuleHead.ToBody(head),
            seen?.ETag
        );

    /// <summary>Clears what a version has raised that is over. The change of the rule stands already: where the store goes away meanwhile, housekeeping does it.</summary>
    private async Task EndAsync(string tenant, List<DocumentWrite> writes, CancellationToken cancellation)
    {
        if (writes.All(write => write.Kind != Kinds.EndedRule))
        {
            return;
        }

        try
        {
            await endings.RunAsync(tenant, cancellation);
        }
        catch (StoreUnavailableException)
        {
            // Housekeeping finds it.
        }
    }

    /// <summary>Commits writes with the head, the rule's own last.</summary>
    /// <returns>The rule's entity tag (empty after a deletion), or null where somebody else was faster.</returns>
    private async Task<string?> CommitAsync(string tenant, List<DocumentWrite> writes, CancellationToken cancellation)
    {
        while (true)
        {
            var head = await GetHeadAsync(tenant, cancellation);
            var next = new RuleHead((head?.Value.Rules ?? 0) + 1, head?.Value.States ?? 0);
            try
            {
                var tags = await store.CommitAsync(tenant, [.. writes, HeadWrite(next, head)], cancellation);
                Changed?.Invoke(tenant);
                return tags[^2] ?? "";
            }
            catch (StoreConflictException conflict) when (conflict.Key.Kind == Kinds.RuleHead)
            {
                // Another rule, or a device's state, has changed at this moment.
            }
            catch (StoreConflictException conflict) when (conflict.Key.Kind == Kinds.Rule)
            {
                return null;
            }
        }
    }

    private const string HeadId = "head";

    private static DocumentKey HeadKey(string tenant) => new(tenant, Kinds.RuleHead, HeadId);

    private static DocumentWrite Write(WriteMode mode, Rule rule, string? etag) =>
        new(mode, Kinds.Rule, rule.Id, RuleJson.Default.Rule.ToBody(rule), etag);

    private Rule New(string id, RuleChange from)
    {
        var now = time.GetUtcNow();
        return Made(
            from,
            new Rule
            {
                Id = id,
                Name = from.Name,
                Measurement = from.Measurement,
                Created = now,
                Updated = now,
                Since = now,
            }
        );
    }

    private static Rule Made(RuleChange from, Rule rule) =>
        rule with
        {
            Name = from.Name,
            Enabled = from.Enabled,
            Scope = from.Scope,
            Measurement = from.Measurement,
            Field = from.Field,
            Path = from.Path,
            Condition = from.Condition,
            ForSeconds = from.ForSeconds,
            SilenceSeconds = from.SilenceSeconds,
            Alarm = from.Alarm,
            Dialect = from.Dialect,
            Fragments = from.Fragments,
        };

    private static bool WatchesTheSame(Rule old, Rule rule) =>
        (old.Scope, old.Measurement, old.Field, old.Path, old.Condition, old.ForSeconds, old.SilenceSeconds, old.Enabled, old.Alarm?.Type)
        == (
            rule.Scope,
            rule.Measurement,
            rule.Field,
            rule.Path,
            rule.Condition,
            rule.ForSeconds,
            rule.SilenceSeconds,
            rule.Enabled,
            rule.Alarm?.Type
        );

    private static void Check(RuleChange rule)
    {
        if (rule.Name.Length is 0 or > LongestName)
        {
            throw DomainException.Invalid("name", $"A rule's name has 1 to {LongestName} characters.");
        }

        if (rule.Measurement.Length is 0 or > LongestName || rule.Field.Length is 0 or > LongestName)
        {
            throw DomainException.Invalid("measurement", $"A measurement and a field have 1 to {LongestName} characters.");
        }

        if (rule.Path is { } path && RulePath.Parse(path) != (rule.Measurement, rule.Field))
        {
            throw DomainException.Invalid("path", "The measurement and the field of a rule with a path are those of the path.");
        }

        if ((rule.Condition is null) == (rule.SilenceSeconds is null))
        {
            throw DomainException.Invalid("condition", "A rule has either a condition or seconds of silence.");
        }

        if (rule.ForSeconds is not (>= 0 and <= LongestSeconds) || (rule.Condition is null && rule.ForSeconds > 0))
        {
            throw DomainException.Invalid("forSeconds", "A condition must have held for 0 seconds to 31 days.");
        }

        if (rule.SilenceSeconds is { } silence && silence is not (>= 1 and <= LongestSeconds))
        {
            throw DomainException.Invalid("silenceSeconds", "Silence lasts for 1 second to 31 days.");
        }

        if (rule.Alarm is { } alarm && alarm.Type is not { Length: > 0 and <= LongestName })
        {
            throw DomainException.Invalid("alarm", $"An alarm's type has 1 to {LongestName} characters.");
        }

        rule.Condition?.Check();
    }
}
