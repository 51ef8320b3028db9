using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;
using Serverless.Domain.Series;

namespace Serverless.Domain.Rules;

/// <summary>A value that a rule watches.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Device">The device.</param>
/// <param name="Time">The value's time in nanoseconds since 1970.</param>
/// <param name="Value">The value.</param>
internal readonly record struct WatchedValue(Rule Rule, DeviceTwin Device, long Time, FieldValue Value);

/// <summary>Holds values against the rules of their tenant, once for each crossing.</summary>
/// <remarks>
/// <para>How a rule stands with a device is kept in memory, and stored only where it changes: a value that changes nothing costs no write, and a batch one read, of the tenant's head. A change is
/// stored together with the head, under the head's entity tag: of two instances that see a crossing at once one is told that the head has moved, reads what the other has stored, and
/// looks again. So a crossing is decided once, whoever sees the values.</para>
/// <para>A change is stored as pending, then told (<see cref="CrossingEffects"/>), then marked as told. Whoever finds it pending later, after a process has died, tells it again, with the same
/// ids. The newest time that was looked at is stored with changes only: a value that comes late, after a restart, may be looked at where without the restart it would not have been.</para>
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
    private readonly ChangeLog changes;
    private readonly CrossingEffects effects;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, TenantRules> tenants = new();

    public RuleEngine(IDocumentStore store, RuleDirectory rules, ChangeLog changes, CrossingEffects effects, TimeProvider time)
    {
        (this.store, this.rules, this.changes, this.effects, this.time) = (store, rules, changes, effects, time);

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
            var looked = new Dictionary<(string Rule, string Device), Crossing>();
            var changed = new Dictionary<(string Rule, string Device), (WatchedValue By, Crossing To)>();
            var at = from;
            for (; at < values.Count && changed.Count < MostChanges; at++)
            {
                var value = values[at];
                var key = (value.Rule.Id, value.Device.Id);
                if (!known.Index.All.TryGetValue(value.Rule.Id, out var rule) || rule.Version != value.Rule.Version)
                {
                    // The rule was changed at this moment: its new version begins with the values that come from now on.
                    continue;
                }

                var before = looked.TryGetValue(key, out var seen) ? seen : known.StateOf(key).Crossing;
                var after = Take(rule, before, value);
                looked[key] = after;
                if (after.Active != before.Active || (after.Since != before.Since && rule.Duration > 0))
                {
                    if (changed.ContainsKey(key))
                    {
                        // It changes twice: each change is told, so each has its own commit.
                        looked[key] = before;
                        break;
                    }

                    changed[key] = (value, after);
                }
            }

            if (changed.Count == 0 || await CommitAsync(tenant, known, head, changed, cancellation))
            {
                foreach (var (key, crossing) in looked)
                {
                    known.Looked(key, crossing);
                }

                return at;
            }
        }
    }

    private static Crossing Take(Rule rule, Crossing before, in WatchedValue value) =>
        rule.Condition is { } condition ? before.Take(condition, rule.Duration, value.Time, value.Value)
        : value.Time > before.Newest ? new Crossing(value.Time, false, null)
        : before;

    /// <summary>Stores changed states as pending, and tells them.</summary>
    /// <returns>False where the head has moved.</returns>
    private async Task<bool> CommitAsync(
        string tenant,
        TenantRules known,
        Stored<RuleHead>? head,
        Dictionary<(string Rule, string Device), (WatchedValue By, Crossing To)> changed,
        CancellationToken cancellation
    )
    {
        var last = head?.Value.States ?? 0;
        var documents = new List<RuleStateDocument>();
        foreach (var (key, (by, to)) in changed)
        {
            var old = known.StateOf(key);
            if (old.Untold is { } untold)
            {
                // What is about to be replaced has not been told yet.
                await effects.TellAsync(tenant, by.Rule, untold, cancellation);
            }

            var isWorthTelling = to.Active != old.Crossing.Active;
            documents.Add(
                new RuleStateDocument(
                    key.Rule,
                    by.Rule.Version,
                    key.Device,
                    to.Newest,
                    to.Active,
                    to.Since,
                    by.Value.Equals(default) ? null : CrossingEffects.Json(by.Value),
                    ++last,
                    isWorthTelling ? RuleStateDocument.Pending : RuleStateDocument.Told
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

        known.States = last;
        for (var i = 0; i < documents.Count; i++)
        {
            known.Apply(documents[i]);
            if (documents[i].Status == RuleStateDocument.Pending)
            {
                await TellAsync(tenant, known.Index, documents[i], tags[i]!, cancellation);
                known.Apply(documents[i] with { Status = RuleStateDocument.Told });
            }
        }

        return true;
    }

    private async Task TellAsync(string tenant, RuleIndex index, RuleStateDocument state, string tag, CancellationToken cancellation)
    {
        // A rule that is gone, or watches something else by now, has nobody to tell.
        var told =
            index.All.TryGetValue(state.Rule, out var rule) && rule.Version == state.Version
                ? await effects.ApplyAsync(tenant, rule, state, cancellation)
                : null;
        try
        {
            var writes = new List<DocumentWrite> { Write(WriteMode.Replace, state with { Status = RuleStateDocument.Told }, tag) };
            if (told is not null)
            {
                writes.Add(PendingEvent.WriteOf(told, time.GetUtcNow()));
            }

            await store.CommitAsync(tenant, writes, cancellation);
            await (told is null ? Task.CompletedTask : effects.PublishAsync(tenant, told, cancellation));
        }
        catch (StoreConflictException)
        {
            // It has changed since; whoever changed it has found this one pending, and told it too.
        }
    }

    /// <summary>Reads what has changed since: rules all, states those that are new.</summary>
    private async Task RefreshAsync(string tenant, TenantRules known, Stored<RuleHead>? head, CancellationToken cancellation)
    {
        if (head is null)
        {
            known.Index = TenantRules.Empty;
            return;
        }

        if (known.Rules != head.Value.Rules)
        {
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

    private static DocumentWrite Write(WriteMode mode, RuleStateDocument state, string? tag) =>
        new(mode, Kinds.RuleState, $"{state.Rule}!{state.Source}", RuleJson.Default.RuleStateDocument.ToBody(state), tag);

    /// <summary>What this instance knows of a tenant's rules, under its gate.</summary>
    private sealed class TenantRules
    {
        public static readonly RuleIndex Empty = new([]);

        private readonly Dictionary<(string Rule, string Device), State> states = [];

        public SemaphoreSlim Gate { get; } = new(1);

        public DateTimeOffset Checked { get; set; } = DateTimeOffset.MinValue;

        public RuleIndex Index { get; set; } = Empty;

        public long Rules { get; private set; } = -1;

        public long States { get; set; }

        public void Take(RuleIndex index, long version)
        {
            (Index, Rules) = (index, version);
            foreach (
                var key in states.Where(state => !IsOf(index, state.Key.Rule, state.Value.Version)).Select(state => state.Key).ToList()
            )
            {
                states.Remove(key);
            }
        }

        public State StateOf((string Rule, string Device) key) =>
            states.TryGetValue(key, out var state) ? state : new State(Crossing.None, 0, null);

        public void Looked((string Rule, string Device) key, Crossing crossing) =>
            states[key] = StateOf(key) with { Crossing = crossing, Version = Index.All[key.Rule].Version };

        /// <summary>Takes what is stored; the newest time that was looked at here stays.</summary>
        public void Apply(RuleStateDocument stored)
        {
            if (!IsOf(Index, stored.Rule, stored.Version))
            {
                return;
            }

            var key = (stored.Rule, stored.Source);
            var newest = Math.Max(stored.Newest, StateOf(key).Crossing.Newest);
            states[key] = new State(
                new Crossing(newest, stored.Active, stored.Since),
                stored.Version,
                stored.Status == RuleStateDocument.Pending ? stored : null
            );
        }

        private static bool IsOf(RuleIndex index, string rule, long version) =>
            index.All.TryGetValue(rule, out var there) && there.Version == version;
    }

    /// <summary>How a rule stands with a device.</summary>
    /// <param name="Crossing">As far as this instance knows.</param>
    /// <param name="Version">The rule's version that it is of.</param>
    /// <param name="Untold">The stored state that has not been told, or null.</param>
    private readonly record struct State(Crossing Crossing, long Version, RuleStateDocument? Untold);
}
