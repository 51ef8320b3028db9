using System.Globalization;
using System.Text.Json;
using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Functions;

namespace Serverless.InfluxQL.Tests.Functions;

/// <summary>The points and answers of <see cref="RecordedCalls"/>, and functions run over them.</summary>
internal static class Samples
{
    private const long Second = 1_000_000_000;

    private static readonly string[][] Rows =
    [
        .. RecordedCalls.Points.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')),
    ];

    public static long[] Times { get; } = [.. Rows.Select(row => Second * long.Parse(row[0], CultureInfo.InvariantCulture))];

    public static Column ColumnOf(string name) =>
        name switch
        {
            "f" => Column.Of(Array.ConvertAll(Rows, row => double.Parse(row[1], CultureInfo.InvariantCulture))),
            "i" => Column.Of(Array.ConvertAll(Rows, row => long.Parse(row[2], CultureInfo.InvariantCulture))),
            "b" => Column.Of(Array.ConvertAll(Rows, row => row[3] == "true")),
            _ => Column.Of(Array.ConvertAll(Rows, row => JsonSerializer.Deserialize<string>(row[4])!)),
        };

    public static Call Parse(string call) => (Call)((SelectStatement)InfluxQuery.Parse($"SELECT {call} FROM m").Single()).Fields[0].Expr;

    /// <summary>Cuts points into batches of the sizes that a seed gives.</summary>
    public static IEnumerable<Batch> Cut(long[] times, Column[] columns, int seed)
    {
        var random = new Random(seed);
        for (int at = 0, size; at < times.Length; at += size)
        {
            size = Math.Min(random.Next(1, 12), times.Length - at);
            var start = at;
            var length = size;
            yield return new Batch(times.AsMemory(start, length), Array.ConvertAll(columns, column => column.Slice(start, length)));
        }
    }

    /// <summary>Runs a call over points in the order of time that the options say.</summary>
    public static Batch? Run(Call call, long[] times, Column[] columns, StageOptions options, int seed)
    {
        if (!options.Ascending)
        {
            (times, columns) = ([.. times.Reverse()], Array.ConvertAll(columns, Reverse));
        }

        if (call.Arguments[0] is Call inner)
        {
            var points = Run(inner, times, columns, options, seed)!;
            (times, columns) = (points.Times.ToArray(), points.Columns);
        }

        var input = columns[0].Type;
        FieldType[] others = [.. columns.Skip(1).Select(column => column.Type)];
        var output = new PointWriter(FunctionFactory.OutputOf(call, input), others);
        if (FunctionFactory.IsStreamed(call.Name))
        {
            Func<long, (long, long)>? windows =
                options.Interval == 0 ? null : time => (Floor(time, options), Floor(time, options) + options.Interval);
            var transformer = FunctionFactory.Transformer(call, input, options, windows)();
            foreach (var batch in Cut(times, columns, seed))
            {
                transformer.Transform(batch, output);
            }

            transformer.Finish(output, default);
            return output.Take();
        }

        var windowsOf = Reduce(FunctionFactory.Reducer(call, input, options)(), times, columns, options, seed, output);
        return output.Take() is { } reduced ? Stamp(call, reduced, windowsOf, options) : null;
    }

    private static long Floor(long time, StageOptions options) => time - (time % options.Interval);

    private static List<long> Reduce(Reducer reducer, long[] times, Column[] columns, StageOptions options, int seed, PointWriter output)
    {
        long? window = null;
        var windowsOf = new List<long>();
        foreach (var batch in Cut(times, columns, seed))
        {
            for (var at = 0; at < batch.Count; at++)
            {
                var now = options.Interval == 0 ? 0 : Floor(batch.Times.Span[at], options);
                if (window is { } open && open != now)
                {
                    Emit(reducer, open, output, windowsOf);
                }

                window = now;
                reducer.Add(batch, at, at + 1);
            }
        }

        Emit(reducer, window!.Value, output, windowsOf);
        return windowsOf;
    }

    private static void Emit(Reducer reducer, long window, PointWriter output, List<long> windowsOf)
    {
        var before = output.Count;
        reducer.Emit(output);
        for (var i = before; i < output.Count; i++)
        {
            windowsOf.Add(window);
        }
    }

    /// <summary>Gives points without a time that of their window, and those of distinct; with windows the points of selectors of one point too.</summary>
    private static Batch Stamp(Call call, Batch points, List<long> windowsOf, StageOptions options)
    {
        var own = call.Name is "top" or "bottom" or "sample" || (options.Interval == 0 && call.Name != "distinct");
        var times = points.Times.ToArray();
        for (var i = 0; i < times.Length; i++)
        {
            times[i] = own && times[i] != PointWriter.NoTime ? times[i] : windowsOf[i];
        }

        return points with
        {
            Times = times,
        };
    }

    private static Column Reverse(Column column)
    {
        var builder = new ColumnBuilder(column.Type, column.Count);
        for (var i = column.Count - 1; i >= 0; i--)
        {
            builder.Add(column, i);
        }

        return builder.ToColumn();
    }
}
