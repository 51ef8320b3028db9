using System.Text.Json.Nodes;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;

namespace Serverless.Domain.Rules;

/// <summary>Tells changes that are stored as pending, and marks them as told in the commit of their event.</summary>
internal sealed class CrossingTeller(IDocumentStore store, CrossingEffects effects, TimeProvider time)
{
    private const int PageSize = 500;

    /// <summary>Tells what is still to be told. Of what has been replaced in the meantime, whoever replaced it has told it.</summary>
    public async Task TellAsync(TakenValues taken, CancellationToken cancellation)
    {
        foreach (var (standing, state, tag) in taken.Untold)
        {
            if (!ReferenceEquals(standing.Untold, state))
            {
                continue;
            }

            if (tag is not null)
            {
                await TellAsync(taken.Tenant, taken.Known.Index, state, tag, cancellation);
            }
            else if (
                await FindAsync(taken.Tenant, state, cancellation) is { Value.Status: RuleStateDocument.Pending } found
                && found.Value.Sequence == state.Sequence
            )
            {
                await TellAsync(taken.Tenant, taken.Known.Index, state, found.ETag, cancellation);
            }

            standing.MarkTold(state);
        }
    }

    /// <summary>Tells all that is pending in the store.</summary>
    public async Task ResumeAsync(string tenant, RuleIndex index, CancellationToken cancellation)
    {
        var pending = Filter.Eq("status", JsonValue.Create(RuleStateDocument.Pending));
        var query = new DocumentQuery(tenant, Kinds.RuleState, pending, Limit: PageSize);
        await foreach (var state in store.QueryAllAsync(query, RuleJson.Default.RuleStateDocument, cancellation))
        {
            await TellAsync(tenant, index, state.Value, state.ETag, cancellation);
        }
    }

    private async Task TellAsync(string tenant, RuleIndex index, RuleStateDocument state, string tag, CancellationToken cancellation)
    {
        // A rule that is gone, or watches something else by now, has nobody to tell.
        var rule = index.Find(state.Rule)?.Rule;
        rule = rule?.Version == state.Version ? rule : null;
        var told = rule is null ? null : await effects.ApplyAsync(tenant, rule, state, cancellation);
        try
        {
            var body = RuleJson.Default.RuleStateDocument.ToBody(state with { Status = RuleStateDocument.Told });
            var writes = new List<DocumentWrite> { new(WriteMode.Replace, Kinds.RuleState, state.Id, body, tag) };
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

    private ValueTask<Stored<RuleStateDocument>?> FindAsync(string tenant, RuleStateDocument state, CancellationToken cancellation) =>
        store.GetAsync(new DocumentKey(tenant, Kinds.RuleState, state.Id), RuleJson.Default.RuleStateDocument, cancellation);
}
