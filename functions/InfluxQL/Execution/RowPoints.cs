using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Evaluation;

namespace Serverless.InfluxQL.Execution;

/// <summary>The rows of one group of an inner SELECT as points of the outer, those that pass its condition.</summary>
internal sealed class RowPoints(PointStream rows, GroupTags tags, RowColumn[] columns, bool hasValue, RowColumn[] tested, Expr? condition)
    : PointStream
{
    public override async ValueTask<Batch?> NextAsync(CancellationToken cancellation)
    {
        while (await rows.NextAsync(cancellation) is { } batch)
        {
            cancellation.ThrowIfCancellationRequested();
            var points = new Batch(batch.Times, Array.ConvertAll(columns, column => column.Of(batch, tags)));
            if (Keep(batch, points) is { } kept)
            {
                return kept;
            }
        }

        return null;
    }

    public override async ValueTask DisposeAsync()
    {
        await rows.DisposeAsync();
        await base.DisposeAsync();
    }

    private Batch? Keep(Batch batch, Batch points)
    {
        if (condition is null && !(hasValue && !points.Columns[0].Absent.IsEmpty))
        {
            return points;
        }

        var passes = new bool[batch.Count];
        if (condition is null)
        {
            Array.Fill(passes, true);
        }
        else
        {
            var values = tested.ToDictionary(column => column.Name, column => column.Of(batch, tags), StringComparer.Ordinal);
            ConditionEvaluator.Evaluate(condition, name => values.GetValueOrDefault(name), batch.Count, passes, ofSubquery: true);
        }

        for (var i = 0; hasValue && i < passes.Length; i++)
        {
            passes[i] &= !points.Columns[0].IsAbsent(i);
        }

        return points.Where(passes);
    }
}
