using Serverless.Domain.Series;
using Serverless.InfluxQL.Planning;

namespace Serverless.InfluxQL.Execution;

/// <summary>Writes the rows of a SELECT … INTO as points: a column is a field, a tag of the group a tag, null nothing; a row without any value is no point.</summary>
internal sealed class PointsWriter(SelectPlan plan, QueryContext context, string partition)
{
    /// <summary>Values of one write.</summary>
    private const int Most = 10_000;

    private readonly List<Point> pending = new(Most);
    private long written;

    /// <returns>How many points were written.</returns>
    public async Task<long> WriteAsync(CancellationToken cancellation)
    {
        foreach (var group in new SelectStage(plan, SelectRunner.OptionsOf(plan), context).Rows())
        {
            await using var rows = group.Open();
            var measurement = plan.Target?.Name ?? group.Name;
            var tags = TagsOf(group.Tags);
            while (await rows.NextAsync(cancellation) is { } batch)
            {
                for (var i = 0; i < batch.Count; i++)
                {
                    Add(measurement, tags, batch, i);
                    if (pending.Count >= Most)
                    {
                        await FlushAsync(cancellation);
                    }
                }
            }
        }

        await FlushAsync(cancellation);
        return written;
    }

    private void Add(string measurement, TagSet tags, Batch rows, int row)
    {
        var before = pending.Count;
        for (var i = 0; i < rows.Columns.Length; i++)
        {
            var value = rows.Columns[i][row];
            if (value.Type != default && (value.Type != FieldType.Float || double.IsFinite(value.Float)))
            {
                pending.Add(new Point(measurement, tags, plan.Fields[i].Name, rows.Times.Span[row], value));
            }
        }

        written += pending.Count > before ? 1 : 0;
    }

    private async Task FlushAsync(CancellationToken cancellation)
    {
        await context.Store.WriteAsync(context.Tenant, partition, pending, cancellation);
        pending.Clear();
    }

    private static TagSet TagsOf(GroupTags tags)
    {
        var pairs = new KeyValuePair<string, string>[tags.Keys.Length];
        for (var i = 0; i < pairs.Length; i++)
        {
            pairs[i] = KeyValuePair.Create(tags.Keys[i], tags.Values[i]);
        }

        return TagSet.Of(pairs);
    }
}
