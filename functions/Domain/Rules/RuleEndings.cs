using System.Text.Json.Nodes;
using Serverless.Domain.Changes;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;
using Serverless.Domain.Telemetry;

namespace Serverless.Domain.Rules;

/// <summary>Ends what a version of a rule has raised when the version is over: clears its alarms, tells that its crossings are cleared, and forgets how it stood with devices.</summary>
/// <remarks>
/// A version's end is stored with the change of the rule that brings it about, and with the tenant's head: no instance stores a state of that version afterwards. So whoever does the rest, at once or
/// after a kill, finds all of it; it may be done several times and by several instances, and is told with the same ids.
/// </remarks>
public sealed class RuleEndings(IDocumentStore store, ChangeLog changes, CrossingEffects effects, TimeProvider time)
{
    private const int PageSize = 500;

    /// <summary>What is to be stored with the change that ends a version: nothing where it watches nothing as it is.</summary>
    internal static IEnumerable<DocumentWrite> WritesOf(Rule rule, string reason, DateTimeOffset now) =>
        rule.Enabled
            ?
            [
                new DocumentWrite(
                    WriteMode.Upsert,
                    Kinds.EndedRule,
                    IdOf(rule),
                    RuleJson.Default.EndedRule.ToBody(new EndedRule(rule, reason, now))
                ),
            ]
            : [];

    /// <summary>Ends what is left of the tenant's versions that are over.</summary>
    public async Task RunAsync(string tenant, CancellationToken cancellation)
    {
        var all = new DocumentQuery(tenant, Kinds.EndedRule, Limit: PageSize);
        await foreach (var ended in store.QueryAllAsync(all, RuleJson.Default.EndedRule, cancellation))
        {
            var rule = ended.Value.Rule;
            var ofRule = Filter.All(Filter.Eq("rule", JsonValue.Create(rule.Id)), Filter.Eq("version", JsonValue.Create(rule.Version)));

            // Each that is ended is gone, so that the first page is always the next one.
            var states = new DocumentQuery(tenant, Kinds.RuleState, ofRule, Limit: PageSize);
            while (await store.QueryAsync(states, RuleJson.Default.RuleStateDocument, cancellation) is { Items: { Count: > 0 } items })
            {
                foreach (var state in items)
                {
                    await EndAsync(tenant, ended.Value, state, cancellation);
                }
            }

            await ForgetAsync(tenant, rule, cancellation);
        }
    }

    private async Task ForgetAsync(string tenant, Rule rule, CancellationToken cancellation)
    {
        try
        {
            await store.CommitAsync(tenant, new DocumentWrite(WriteMode.Delete, Kinds.EndedRule, IdOf(rule)), cancellation);
        }
        catch (StoreConflictException)
        {
            // Another instance has forgotten it.
        }
    }

    private static string IdOf(Rule rule) => $"{rule.Id}!{rule.Version}";

    private async Task EndAsync(string tenant, EndedRule ended, Stored<RuleStateDocument> stored, CancellationToken cancellation)
    {
        var state = stored.Value;
        var events = new List<CloudEvent>();
        if (state.Status == RuleStateDocument.Pending)
        {
            events.Add(await effects.ApplyAsync(tenant, ended.Rule, state, cancellation));
        }

        var told = new List<Change>();
        if (state.Active)
        {
            var end = state with
            {
                Active = false,
                Since = null,
                Value = null,
                At = Math.Max(PayloadTime.ToNanoseconds(ended.Time), state.At ?? state.Newest),
                Reason = ended.Reason,
            };
            events.Add(await effects.ApplyAsync(tenant, ended.Rule, end, cancellation));
            told.Add(new Change(RuleEngine.ChangeKind, state.Source, "update", CrossingEffects.Data(ended.Rule, end)));
        }

        var now = time.GetUtcNow();
        var deletion = new DocumentWrite(WriteMode.Delete, Kinds.RuleState, state.Id, IfMatch: stored.ETag);
        try
        {
            await changes.CommitAsync(tenant, [deletion, .. events.Select(one => PendingEvent.WriteOf(one, now))], told, cancellation);
            await effects.PublishAsync(tenant, events, cancellation);
        }
        catch (StoreConflictException)
        {
            // It was told at this moment, or ended by somebody else: the next look says which.
        }
    }
}
