using System.Text.Json.Nodes;
using Serverless.Domain.Alarms;
using Serverless.Domain.Commands;
using Serverless.Domain.Documents;

namespace Serverless.Domain.DataRetention;

/// <summary>Data that is one document each, and that nothing else refers to. Nobody is told.</summary>
public sealed class RetainedDocuments : IRetainedData
{
    private readonly IDocumentStore store;
    private readonly string kind;

    private RetainedDocuments(IDocumentStore store, RetainedData data, string kind) => (this.store, Data, this.kind) = (store, data, kind);

    public RetainedData Data { get; }

    /// <summary>The member that holds its time.</summary>
    private MemberPath Time { get; init; } = "time";

    /// <summary>The member that holds the id of what it is of.</summary>
    private MemberPath Source { get; init; } = "source";

    /// <summary>The member that holds its type, or null where it has none.</summary>
    private MemberPath? Type { get; init; }

    /// <summary>The member that holds its fragments, or null where it has none that count.</summary>
    private MemberPath? Fragments { get; init; }

    /// <summary>What of the kind may go, or null for all.</summary>
    private Filter? Only { get; init; }

    /// <summary>Each kind of data that is so.</summary>
    public static IReadOnlyList<IRetainedData> All(IDocumentStore store) =>
        [
            // An alarm that is open stays, however old.
            new RetainedDocuments(store, RetainedData.Alarm, Kinds.Alarm)
            {
                Type = "type",
                Only = In("status", nameof(AlarmStatus.Cleared)),
            },
            new RetainedDocuments(store, RetainedData.Operation, Kinds.Command)
            {
                Fragments = "payload",
                Only = In("status", nameof(CommandStage.Successful), nameof(CommandStage.Failed)),
            },
            new RetainedDocuments(store, RetainedData.Audit, Kinds.AuditRecord) { Type = "type" },
            new RetainedDocuments(store, RetainedData.BulkOperation, Kinds.BulkOperation)
            {
                Time = "created",
                Source = "group",
                Fragments = "prototype",
                Only = In("status", nameof(BulkStatus.Completed), nameof(BulkStatus.Deleted)),
            },
        ];

    public async Task DeleteAsync(string tenant, RetentionRule rule, DateTimeOffset before, CancellationToken cancellation)
    {
        if ((rule.Fragment is not null && Fragments is null) || (rule.Type is not null && Type is null))
        {
            // The rule is of data of another kind.
            return;
        }

        var query = new DocumentQuery(tenant, kind, FilterOf(rule, before), Limit: IDocumentStore.MaxWrites);
        while (true)
        {
            var page = await store.QueryAsync(query, cancellation);
            if (page.Items.Count == 0)
            {
                return;
            }

            try
            {
                var writes = page.Items.Select(item => new DocumentWrite(WriteMode.Delete, kind, item.Key.Id, IfMatch: item.ETag));
                await store.CommitAsync(tenant, [.. writes], cancellation);
            }
            catch (StoreConflictException)
            {
                // Somebody else has changed or deleted one at this moment: look again.
            }
        }
    }

    private Filter FilterOf(RetentionRule rule, DateTimeOffset before)
    {
        var terms = new List<Filter> { new Filter.Compare(Time, Comparison.Less, JsonValue.Create(before.ToUniversalTime())) };
        if (Only is not null)
        {
            terms.Add(Only);
        }

        if (rule.Source is not null)
        {
            terms.Add(Filter.Eq(Source, JsonValue.Create(rule.Source)));
        }

        if (rule.Type is not null)
        {
            terms.Add(Filter.Eq(Type!, JsonValue.Create(rule.Type)));
        }

        if (rule.Fragment is not null)
        {
            terms.Add(new Filter.Has(new MemberPath([.. Fragments!.Names, rule.Fragment])));
        }

        return Filter.All(terms);
    }

    private static Filter In(MemberPath member, params IEnumerable<string> values) =>
        Filter.Any([.. values.Select(value => Filter.Eq(member, JsonValue.Create(value)))]);
}
