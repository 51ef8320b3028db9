using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Serverless.Domain.Changes;
using Serverless.Domain.Documents;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;

namespace Serverless.Domain.Rules;

/// <summary>Holds values against the rules of their tenant, once for each crossing.</summary>
/// <remarks>
/// <para>How a rule stands with a device is kept in memory, and stored only where it changes: a value that changes nothing costs no write, and a batch two reads, of the tenant's head. A change is
/// stored together with the head, under the head's entity tag: of two instances that see a crossing at once one is told that the head has moved, reads what the other has stored, and
/// looks again. So a crossing is decided once, whoever sees the values.</para>
/// <para>Values are held against rules before they are stored (<see cref="TakeAsync"/>), and what came of it is told after that (<see cref="SettleAsync"/>). So whatever value the series have has been looked at, and
/// before a change is stored they are asked whether its value comes late: an instance that has only just started, or another one, passes over the same values as one that has seen all. Values that two instances take at the same
/// moment, so that neither finds the other's, are found when both have done: whoever stores a value looks for changes of others after it, and whoever stores a change looks for newer values after that.</para>
/// <para>A change is stored as pending, then told (<see cref="CrossingEffects"/>), then marked as told. Whoever finds it pending later, after a process has died, tells it again, with the same
/// ids: whoever is given the same value again, at once, else the clock's <see cref="ResumeAsync"/>.</para>
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
    private readonly CrossingTeller teller;
    private readonly SeriesLook series;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, TenantRules> tenants = new();

    public RuleEngine(
        IDocumentStore store,
        RuleDirectory rules,
        RuleEndings endings,
        ChangeLog changes,
        CrossingEffects effects,
        ISeriesTail series,
        TimeProvider time
    )
    {
        (this.store, this.rules, this.endings) = (store, rules, endings);
        (this.changes, this.effects, this.time) = (changes, effects, time);
        (teller, this.series) = (new CrossingTeller(store, effects, time), new SeriesLook(series, time));

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

    /// <summary>Holds values of one tenant against their rules, in the order given and before they are stored; what is decided is durable when the task completes, and not told yet.</summary>
    internal Task<TakenValues> TakeAsync(string tenant, IReadOnlyList<WatchedValue> values, CancellationToken cancellation) =>
        TakeAllAsync(tenant, values, areStored: false, cancellation);

    /// <summary>Tells what came of values that are stored now, and looks at what others have done in the meantime.</summary>
    internal async Task SettleAsync(TakenValues taken, CancellationToken cancellation)
    {
        var (tenant, known) = (taken.Tenant, taken.Known);
        var head = await rules.GetHeadAsync(tenant, cancellation);
        var isMoved = known.Others != taken.Others || known.States < head?.Value.States;
        var again = isMoved ? await TakeAllAsync(tenant, taken.Values, areStored: true, cancellation) : taken;
        if (again != taken)
        {
            taken.Add(again);
        }

        for (var changed = taken.Changed; changed.Count > 0; changed = again.Changed)
        {
            var newest = await series.ReadNewestAsync(tenant, changed, cancellation);
            again = await TakeAllAsync(tenant, newest, areStored: true, cancellation);
            taken.Add(again);
        }

        await TellAsync(taken, cancellation);
    }

    /// <summary>Tells what came of values.</summary>
    internal Task TellAsync(TakenValues taken, CancellationToken cancellation) => teller.TellAsync(taken, cancellation);

    /// <summary>Tells what a process that died, or a store that was away, has left untold.</summary>
    public async Task ResumeAsync(string tenant, CancellationToken cancellation)
    {
        await endings.RunAsync(tenant, cancellation);
        if (await FindAsync(tenant, cancellation) is { } index)
        {
            await teller.ResumeAsync(tenant, index, cancellation);
        }
    }

    /// <summary>How rules stand with devices, as far as this instance knows.</summary>
    internal async Task<IReadOnlyList<Crossing>> ReadAsync(
        string tenant,
        IEnumerable<RuleStanding> standings,
        CancellationToken cancellation
    )
    {
        var known = tenants.GetOrAdd(tenant, _ => new TenantRules());
        await known.Gate.WaitAsync(cancellation);
        try
        {
            return [.. standings.Select(standing => standing.Crossing)];
        }
        finally
        {
            known.Gate.Release();
        }
    }

    private async Task<TakenValues> TakeAllAsync(
        string tenant,
        IReadOnlyList<WatchedValue> values,
        bool areStored,
        CancellationToken cancellation
    )
    {
        var known = tenants.GetOrAdd(tenant, _ => new TenantRules());
        var taken = new TakenValues(tenant, known, values);
        await known.Gate.WaitAsync(cancellation);
        try
        {
            for (var at = 0; at < values.Count; )
            {
                at = await TakeSomeAsync(taken, at, areStored, cancellation);
            }

            taken.Others = known.Others;
        }
        finally
        {
            known.Gate.Release();
        }

        return taken;
    }

    /// <summary>Holds values against their rules until as many states have changed as one commit takes.</summary>
    /// <returns>Where the next values begin.</returns>
    private async Task<int> TakeSomeAsync(TakenValues taken, int from, bool areStored, CancellationToken cancellation)
    {
        while (true)
        {
            var head = await rules.GetHeadAsync(taken.Tenant, cancellation);
            await RefreshAsync(taken.Tenant, taken.Known, head, cancellation);
            var changed = new StateChanges();
            var (late, isDone) = (new List<(RuleStanding Standing, long Newest)>(), false);
            try
            {
                var at = Take(taken.Values, from, changed);
                late = await series.FindLateAsync(taken.Tenant, changed.All, areStored, cancellation);
                isDone = late.Count == 0 && (changed.All.Count == 0 || await CommitAsync(taken, head, changed, cancellation));
                if (isDone)
                {
                    taken.Untold.AddRange(changed.Left);
                    return at;
                }
            }
            finally
            {
                if (!isDone)
                {
                    changed.Undo();
                }
            }

            late.ForEach(one => one.Standing.Crossing = one.Standing.Crossing.PassOver(one.Newest));
        }
    }

    /// <summary>Holds values against their rules, until one would change a state twice or there are as many changes as one commit takes.</summary>
    /// <returns>Where the next values begin: one that has changed some states is looked at again for the others.</returns>
    private int Take(IReadOnlyList<WatchedValue> values, int from, StateChanges changed)
    {
        var now = PayloadTime.ToNanoseconds(time.GetUtcNow());
        for (var at = from; at < values.Count; at++)
        {
            var value = values[at];
            foreach (var standing in value.Standings)
            {
                // Where it changes twice each change is told, so each has its own commit.
                if (!Take(standing, value, now, changed))
                {
                    return at;
                }
            }
        }

        return values.Count;
    }

    /// <returns>False where the change needs another commit.</returns>
    private static bool Take(RuleStanding standing, in WatchedValue value, long now, StateChanges changed)
    {
        if (standing.IsOver)
        {
            // The rule was changed at this moment: its new version begins with the values that come from now on.
            return true;
        }

        if (standing.Untold is { } untold && untold.Newest == value.Time)
        {
            changed.Left.Add(new Untold(standing, untold, null));
        }

        var (rule, before) = (standing.Rule, standing.Crossing);
        var after = Take(rule, before, value, now);
        if (after.Active != before.Active || (after.Since != before.Since && rule.Duration > 0))
        {
            if (changed.All.Count == MostChanges || !changed.TryAdd(new StateChange(standing, value, before, after, now)))
            {
                return false;
            }
        }

        changed.Set(standing, after);
        return true;
    }

    private static Crossing Take(Rule rule, Crossing before, in WatchedValue value, long now) =>
        value.Kind == Observation.Departure ? before.Leave()
        : rule.Condition is { } condition ? before.Before(value.Time, now).Take(condition, rule.Duration, value.Time, value.Value)
        : before.Listen(rule.Silence, value.Time, now, begins: value.Kind == Observation.Silence);

    /// <summary>The time of a change, where it is not that of the newest value. An end is never before what it ends, also where a clock has gone back.</summary>
    private static long? TimeOf(StateChange change)
    {
        var (by, before, after, rule) = (change.By, change.Before, change.After, change.Standing.Rule);
        return by.Kind == Observation.Departure ? Math.Max(change.Now, after.Newest)
            : rule.Condition is not null ? (before.Active && before.Newest > after.Newest ? before.Newest : null)
            : after.Active ? after.Newest + rule.Silence
            : Math.Max(after.Newest, (before.Since ?? before.Newest) + rule.Silence);
    }

    /// <summary>Stores changed states as pending.</summary>
    /// <returns>False where the head has moved.</returns>
    private async Task<bool> CommitAsync(TakenValues taken, Stored<RuleHead>? head, StateChanges changed, CancellationToken cancellation)
    {
        var last = head?.Value.States ?? 0;
        var documents = new List<RuleStateDocument>();
        foreach (var change in changed.All)
        {
            if (change.Standing.Untold is { } untold)
            {
                // What is about to be replaced has not been told yet.
                await effects.TellAsync(taken.Tenant, change.Standing.Rule, untold, cancellation);
            }

            documents.Add(DocumentOf(change, ++last));
        }

        var writes = documents.ConvertAll(state => new DocumentWrite(
            WriteMode.Upsert,
            Kinds.RuleState,
            state.Id,
            RuleJson.Default.RuleStateDocument.ToBody(state)
        ));
        writes.Add(RuleDirectory.HeadWrite(new RuleHead(head?.Value.Rules ?? 0, last), head));
        var logged = changed
            .All.Zip(documents)
            .Where(one => one.Second.Status == RuleStateDocument.Pending)
            .Select(one => new Change(ChangeKind, one.Second.Source, "update", CrossingEffects.Data(one.First.Standing.Rule, one.Second)))
            .ToList();
        IReadOnlyList<string?> tags;
        try
        {
            tags = await changes.CommitAsync(taken.Tenant, writes, logged, cancellation);
        }
        catch (StoreConflictException)
        {
            return false;
        }

        taken.Known.States = last;
        for (var i = 0; i < documents.Count; i++)
        {
            var (standing, isPending) = (changed.All[i].Standing, documents[i].Status == RuleStateDocument.Pending);
            taken.Changed.Add(standing);
            standing.Untold = isPending ? documents[i] : null;
            if (isPending)
            {
                taken.Untold.Add(new Untold(standing, documents[i], tags[i]));
            }
        }

        return true;
    }

    private static RuleStateDocument DocumentOf(StateChange change, long sequence)
    {
        var (by, rule) = (change.By, change.Standing.Rule);
        return new RuleStateDocument(
            rule.Id,
            rule.Version,
            change.Standing.Device,
            change.After.Newest,
            change.After.Active,
            change.After.Since,
            by.Value.Equals(default) ? null : CrossingEffects.Json(by.Value),
            sequence,
            change.After.Active != change.Before.Active ? RuleStateDocument.Pending : RuleStateDocument.Told,
            TimeOf(change),
            by.Kind == Observation.Departure ? EndReasons.Scope : null
        );
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

            known.Take(all, head.Value.Rules);
        }

        if (known.States < head.Value.States)
        {
            var news = new Filter.Compare("sequence", Comparison.Greater, JsonValue.Create(known.States));
            var query = new DocumentQuery(tenant, Kinds.RuleState, news, Limit: PageSize);
            await foreach (var state in store.QueryAllAsync(query, RuleJson.Default.RuleStateDocument, cancellation))
            {
                known.Take(state.Value);
            }

            known.States = head.Value.States;
        }
    }
}
