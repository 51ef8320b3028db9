using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Planning;
using Serverless.InfluxQL.Results;

namespace Serverless.InfluxQL.Execution;

/// <summary>Runs a planned SELECT.</summary>
public static class SelectRunner
{
    /// <summary>Streams the rows of a SELECT to a sink, as one series after the other.</summary>
    /// <param name="plan">The SELECT.</param>
    /// <param name="context">What it runs with.</param>
    /// <param name="sink">Where the rows go. Beginning and ending the statement's result is the caller's.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="QueryException">It cannot be run, or has passed a limit.</exception>
    public static async Task RunAsync(SelectPlan plan, QueryContext context, IResultSink sink, CancellationToken cancellation)
    {
        foreach (var group in new SelectStage(plan, OptionsOf(plan), context).Rows())
        {
            await using var rows = group.Open();
            if (await rows.NextAsync(cancellation) is not { } batch)
            {
                continue;
            }

            var tags = group.Tags.Keys.IsEmpty ? null : group.Tags;
            await sink.SeriesAsync(new SeriesHeader(group.Name, tags, plan.Columns, HasTime: true), cancellation);
            for (Batch? next = batch; next is not null; next = await rows.NextAsync(cancellation))
            {
                cancellation.ThrowIfCancellationRequested();
                await sink.RowsAsync(new RowBlock(next.Count, next.Times, Array.ConvertAll(next.Columns, WithoutNaN)), cancellation);
            }
        }
    }

    /// <summary>The options of an outermost SELECT. Nothing is written INTO a measurement for windows without points, so none are filled with null.</summary>
    private static StageOptions OptionsOf(SelectPlan plan) =>
        plan.Options with
        {
            Fill = plan.Target is not null && plan.Options.Fill.Option == FillOption.Null ? new Fill(FillOption.None) : plan.Options.Fill,
        };

    /// <summary>What is no number is null in an answer.</summary>
    private static Column WithoutNaN(Column column)
    {
        if (column.Type != FieldType.Float || !HasNaN(column.Floats))
        {
            return column;
        }

        var absent = new bool[column.Count];
        for (var i = 0; i < absent.Length; i++)
        {
            absent[i] = column.IsAbsent(i) || double.IsNaN(column.Floats[i]);
        }

        return Column.Of(column.Floats.ToArray(), absent);
    }

    private static bool HasNaN(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
        {
            if (double.IsNaN(value))
            {
                return true;
            }
        }

        return false;
    }
}
