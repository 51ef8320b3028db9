using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Serverless.Domain.Changes;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;
using Serverless.Domain.Telemetry;

namespace Serverless.Domain.Rules;

/// <summary>Holds values against the rules of their tenant, once for each crossing.</summary>
/// <remarks>
/// <para>How a rule stands with a device is kept in memory, and stored only where it changes: a value that changes nothing costs no write, and a batch one read, of the tenant's head. A change is
/// stored together with the head, under the head's entity tag: of two instances that see a crossing at once one is told that the head has moved, reads what the other has stored, and
/// looks again. So a crossing is decided once, whoever sees the values.</para>
/// <para>A change is stored as pending, then told (<see cref="CrossingEffects"/>), then marked as told. Whoever finds it pending later, after a process has died, tells it again, with the same
/// ids: whoever is given the same value again, at once, else the clock's <see cref="ResumeAsync"/>. The newest time that was looked at is stored with changes only: a value that comes late, after a restart, may be looked at where without the restart it would not have been.</para>
/// <para>Silence is found by the <see cref="SilenceWatch"/> and decided here as any other crossing is.</para>
/// </remarks>
public sealed class RuleEngine
{
    /// <summary>The kind of the changes that crossings make.</summary>
    public const string ChangeKind = "thresholds";

    // How late an instance may learn of a tenant's first rule; one that this instance makes counts at once.
    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(2);
    private const int MostChanges = 40;
    private const int PageSize = 500;

    private readonly IDocumentStore store;
    private readonly RuleDirectory rules;
    private readonly RuleEndings endings;
    private readonly ChangeLog changes;
    private readonly CrossingEffects effects;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, TenantRules> tenants = new();

    public RuleEngine(
        IDocumentStore store,
        RuleDirectory rules,
        RuleEndings endings,
        ChangeLog changes,
        CrossingEffects effects,
        TimeProvider time
    )
    {
        (this.store, this.rules, this.endings) = (store, rules, endings);
        (this.changes, this.effects, this.time) = (changes, effects, time);

        // A change that this process makes counts at once.
        rules.Changed += tenant =>
        {
            if (tenants.TryGetValue(tenant, out var known))
            {
                known.Checked = DateTimeOffset.MinValue;
            }
        };
    }

    /// <summary>The tenant's rules, or null where it has none.</summary>
    internal async ValueTask<RuleIndex?> FindAsync(string tenant, CancellationToken cancellation)
    {
        var known = tenants.GetOrAdd(tenant, _ => new TenantRules());
        var now = time.GetUtcNow();
        if (now - known.Checked > CacheTime)
        {
            await known.Gate.WaitAsync(cancellation);
            try
            {
                if (now - known.Checked > CacheTime)
                {
                    await RefreshAsync(tenant, known, await rules.GetHeadAsync(tenant, cancellation), cancellation);
                    known.Checked = now;
                }
            }
            finally
            {
                known.Gate.Release();
            }
        }

        return known.Index.IsEmpty ? null : known.Index;
    }

    /// <summary>Holds values of one tenant against their rules, in the order given; what comes of it is durable and told when the task completes.</summary>
    internal async Task TakeAsync(string tenant, IReadOnlyList<WatchedValue> values, CancellationToken cancellation)
    {
        var known = tenants.GetOrAdd(tenant, _ => new TenantRules());
        await known.Gate.WaitAsync(cancellation);
        try
        {
            for (var at = 0; at < values.Count; )
            {
                at = await TakeAsync(tenant, known, values, at, cancellation);
            }
        }
        finally
        {
            known.Gate.Release();
        }
    }

    /// <summary>Tells what a process that died, or a store that was away, has left untold.</summary>
    public async Task ResumeAsync(string tenant, CancellationToken cancellation)
    {
        await endings.RunAsync(tenant, cancellation);
        if (await FindAsync(tenant, cancellation) is not { } index)
        {
            return;
        }

        var pending = Filter.Eq("status", JsonValue.Create(RuleStateDocument.Pending));
        var query = new DocumentQuery(tenant, Kinds.RuleState, pending, Limit: PageSize);
        await foreach (var state in store.QueryAllAsync(query, RuleJson.Default.RuleStateDocument, cancellation))
        {
            await TellAsync(tenant, index, state.Value, state.ETag, cancellation);
        }
    }

    /// <summary>Holds values against their rules until as many states have changed as one commit takes.</summary>
    /// <returns>Where the next values begin.</returns>
    private async Task<int> TakeAsync(
        string tenant,
        TenantRules known,
        IReadOnlyList<WatchedValue> values,
        int from,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            var head = await rules.GetHeadAsync(tenant, cancellation);
            await RefreshAsync(tenant, known, head, cancellation);
            var changed = new StateChanges();
            var at = Take(known, values, from, changed);
            try
            {
                if (changed.All.Count == 0 || await CommitAsync(tenant, known, head, changed, cancellation))
                {
                    await TellLeftAsync(tenant, known, changed.Left, cancellation);
                    return at;
                }
            }
            finally
            {
                if (!changed.AreStored)
                {
                    changed.Undo();
                }
            }
        }
    }

    /// <summary>Holds values against their rules, until one would change a state twice or there are as many changes as one commit takes.</summary>
    /// <returns>Where the next values begin.</returns>
    private int Take(TenantRules known, IReadOnlyList<WatchedValue> values, int from, StateChanges changed)
    {
        var now = PayloadTime.ToNanoseconds(time.GetUtcNow());
        for (var at = from; at < values.Count; at++)
        {
            var value = values[at];
            if (known.Find(value.Rule) is not { } rule)
            {
                // The rule was changed at this moment: its new version begins with the values that come from now on.
                continue;
            }

            var standing = rule.Of(value.Device);
            if (standing.Untold is { } untold && untold.Newest == value.Time)
            {
                changed.Left.Add(untold);
            }

            var before = standing.Crossing;
            var after = Take(rule.Rule, before, value, now);
            if (after.Active != before.Active || (after.Since != before.Since && rule.Rule.Duration > 0))
            {
                if (changed.All.Count == MostChanges || !changed.TryAdd(new StateChange(standing, value, before, after, now)))
                {
                    // Where it changes twice each change is told, so each has its own commit.
                    return at;
                }
            }

            changed.Set(standing, after);
        }

        return values.Count;
    }

    /// <summary>How rules stand with devices, as far as this instance knows.</summary>
    internal async Task<IReadOnlyList<Crossing>> ReadAsync(
        string tenant,
        IEnumerable<(string Rule, string Device)> keys,
        CancellationToken cancellation
    )
    {
        var known = tenants.GetOrAdd(tenant, _ => new TenantRules());
        await known.Gate.WaitAsync(cancellation);
        try
        {
            return [.. keys.Select(known.CrossingOf)];
        }
        finally
        {
            known.Gate.Release();
        }
    }

    private static Crossing Take(Rule rule, Crossing before, in WatchedValue value, long now) =>
        value.Kind == Observation.Departure ? before.Leave()
        : rule.Condition is { } condition ? before.Before(value.Time, now).Take(condition, rule.Duration, value.Time, value.Value)
        : before.Listen(rule.Silence, value.Time, now, begins: value.Kind == Observation.Silence);

    /// <summary>The time of a change, where it is not that of the newest value. An end is never before what it ends, also where a clock has gone back.</summary>
    private static long? TimeOf(in WatchedValue by, in Crossing before, in Crossing after, long now) =>
        by.Kind == Observation.Departure ? Math.Max(now, after.Newest)
        : by.Rule.Condition is not null ? (before.Active && before.Newest > after.Newest ? before.Newest : null)
        : after.Active ? after.Newest + by.Rule.Silence
        : Math.Max(after.Newest, (before.Since ?? before.Newest) + by.Rule.Silence);

    /// <summary>Stores changed states as pending, and tells them.</summary>
    /// <returns>False where the head has moved.</returns>
    private async Task<bool> CommitAsync(
        string tenant,
        TenantRules known,
        Stored<RuleHead>? head,
        StateChanges changed,
        CancellationToken cancellation
    )
    {
        var last = head?.Value.States ?? 0;
        var documents = new List<RuleStateDocument>();
        foreach (var (standing, by, before, to, now) in changed.All)
        {
            if (standing.Untold is { } untold)
            {
                // What is about to be replaced has not been told yet.
                await effects.TellAsync(tenant, by.Rule, untold, cancellation);
            }

            documents.Add(
                new RuleStateDocument(
                    by.Rule.Id,
                    by.Rule.Version,
                    by.Device,
                    to.Newest,
                    to.Active,
                    to.Since,
                    by.Value.Equals(default) ? null : CrossingEffects.Json(by.Value),
                    ++last,
                    to.Active != before.Active ? RuleStateDocument.Pending : RuleStateDocument.Told,
                    TimeOf(by, before, to, now),
                    by.Kind == Observation.Departure ? EndReasons.Scope : null
                )
            );
        }

        var writes = documents.ConvertAll(state => Write(WriteMode.Upsert, state, null));
        writes.Add(RuleDirectory.HeadWrite(new RuleHead(head?.Value.Rules ?? 0, last), head));
        var told = documents.Where(state => state.Status == RuleStateDocument.Pending).ToList();
        IReadOnlyList<string?> tags;
        try
        {
            var logged = told.ConvertAll(state => new Change(
                ChangeKind,
                state.Source,
                "update",
                CrossingEffects.Data(known.Index.All[state.Rule], state)
            ));
            tags = await changes.CommitAsync(tenant, writes, logged, cancellation);
        }
        catch (StoreConflictException)
        {
            return false;
        }

        changed.AreStored = true;
        known.States = last;
        documents.ForEach(known.Apply);
        for (var i = 0; i < documents.Count; i++)
        {
            if (documents[i].Status == RuleStateDocument.Pending)
            {
                await TellAsync(tenant, known.Index, documents[i], tags[i]!, cancellation);
                known.Apply(documents[i] with { Status = RuleStateDocument.Told });
            }
        }

        return true;
    }

    /// <summary>Tells changes whose values have come again: whoever was to tell them has died, or is about to.</summary>
    private async Task TellLeftAsync(string tenant, TenantRules known, List<RuleStateDocument> left, CancellationToken cancellation)
    {
        foreach (var untold in left)
        {
            if (
                await FindAsync(tenant, untold, cancellation) is { Value.Status: RuleStateDocument.Pending } found
                && found.Value.Sequence == untold.Sequence
            )
            {
                await TellAsync(tenant, known.Index, untold, found.ETag, cancellation);
            }

            known.MarkTold(untold);
        }
    }

    private async Task TellAsync(string tenant, RuleIndex index, RuleStateDocument state, string tag, CancellationToken cancellation)
    {
        // A rule that is gone, or watches something else by now, has nobody to tell.
        var rule = index.All.GetValueOrDefault(state.Rule);
        rule = rule?.Version == state.Version ? rule : null;
        var told = rule is null ? null : await effects.ApplyAsync(tenant, rule, state, cancellation);
        try
        {
            var writes = new List<DocumentWrite> { Write(WriteMode.Replace, state with { Status = RuleStateDocument.Told }, tag) };
            if (told is not null)
            {
                writes.Add(PendingEvent.WriteOf(told, time.GetUtcNow()));
            }

            await store.CommitAsync(tenant, writes, cancellation);
            await (told is null ? Task.CompletedTask : effects.PublishAsync(tenant, [told], cancellation));
        }
        catch (StoreConflictException)
        {
            // It has changed since; whoever changed it has found this one pending, and told it too. An alarm that was cleared before it was raised here is cleared again.
            if (rule is not null && state.Active && await FindAsync(tenant, state, cancellation) is not { Value.Active: true })
            {
                await effects.ClearAsync(tenant, rule, state, cancellation);
            }
        }
    }

    /// <summary>Reads what has changed since: rules all, states those that are new.</summary>
    private async Task RefreshAsync(string tenant, TenantRules known, Stored<RuleHead>? head, CancellationToken cancellation)
    {
        if (head is null)
        {
            return;
        }

        if (known.Rules != head.Value.Rules)
        {
            // What is over is cleared before its successor raises the same.
            await endings.RunAsync(tenant, cancellation);
            var all = new List<Rule>();
            await foreach (var rule in rules.AllAsync(tenant, cancellation))
            {
                all.Add(rule.Value);
            }

            known.Take(new RuleIndex(all), head.Value.Rules);
        }

        if (known.States < head.Value.States)
        {
            var news = new Filter.Compare("sequence", Comparison.Greater, JsonValue.Create(known.States));
            var query = new DocumentQuery(tenant, Kinds.RuleState, news, Limit: PageSize);
            await foreach (var state in store.QueryAllAsync(query, RuleJson.Default.RuleStateDocument, cancellation))
            {
                known.Apply(state.Value);
            }

            known.States = head.Value.States;
        }
    }

    private ValueTask<Stored<RuleStateDocument>?> FindAsync(string tenant, RuleStateDocument state, CancellationToken cancellation) =>
        store.GetAsync(new DocumentKey(tenant, Kinds.RuleState, state.Id), RuleJson.Default.RuleStateDocument, cancellation);

    private static DocumentWrite Write(WriteMode mode, RuleStateDocument state, string? tag) =>
        new(mode, Kinds.RuleState, state.Id, RuleJson.Default.RuleStateDocument.ToBody(state), tag);
}
