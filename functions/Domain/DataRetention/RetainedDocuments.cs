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
    private readonly MemberPath time;
    private readonly MemberPath source;
    private readonly MemberPath? type;
    private readonly MemberPath? fragments;
    private readonly Filter? only;

    private RetainedDocuments(
        IDocumentStore store,
        RetainedData data,
        string kind,
        MemberPath time,
        MemberPath source,
        MemberPath? type,
        MemberPath? fragments,
        Filter? only
    )
    {
        (this.store, Data, this.kind, this.time, this.source) = (store, data, kind, time, source);
        (this.type, this.fragments, this.only) = (type, fragments, only);
    }

    public RetainedData Data { get; }

    /// <summary>Alarms that are cleared, by the time at which they last were.</summary>
    public static RetainedDocuments Alarms(IDocumentStore store) =>
        new(
            store,
            RetainedData.Alarm,
            Kinds.Alarm,
            "last",
            "device",
            "type",
            null,
            Filter.Eq("status", JsonValue.Create(nameof(AlarmStatus.Cleared)))
        );

    /// <summary>Commands that have ended, by the time at which they were given.</summary>
    public static RetainedDocuments Operations(IDocumentStore store) =>
        new(
            store,
            RetainedData.Operation,
            Kinds.Command,
            "created",
            "device",
            null,
            "payload",
            new Filter.Not(
                Filter.Any(
                    Filter.Eq("state", JsonValue.Create(nameof(CommandState.Queued))),
                    Filter.Eq("state", JsonValue.Create(nameof(CommandState.Sent)))
                )
            )
        );

    /// <summary>Audit records, by the time at which what they tell of was done.</summary>
    public static RetainedDocuments AuditRecords(IDocumentStore store) =>
        new(store, RetainedData.Audit, Kinds.AuditRecord, "time", "source", "type", null, null);

    /// <summary>Bulk operations that have ended, by the time at which they were made.</summary>
    public static RetainedDocuments BulkOperations(IDocumentStore store) =>
        new(store, RetainedData.BulkOperation, Kinds.BulkOperation, "created", "group", null, null, new Filter.Not(new Filter.Has("due")));

    public async Task DeleteAsync(string tenant, RetentionRule rule, DateTimeOffset before, CancellationToken cancellation)
    {
        if ((rule.Fragment is not null && fragments is null) || (rule.Type is not null && type is null))
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
        var terms = new List<Filter> { new Filter.Compare(time, Comparison.Less, JsonValue.Create(before.ToUniversalTime())) };
        if (only is not null)
        {
            terms.Add(only);
        }

        if (rule.Source is not null)
        {
            terms.Add(Filter.Eq(source, JsonValue.Create(rule.Source)));
        }

        if (rule.Type is not null)
        {
            terms.Add(Filter.Eq(type!, JsonValue.Create(rule.Type)));
        }

        if (rule.Fragment is not null)
        {
            terms.Add(new Filter.Has(new MemberPath([.. fragments!.Names, rule.Fragment])));
        }

        return Filter.All(terms);
    }
}
