using System.Text;
using Serverless.Domain.Series;
using Serverless.TimeSeries.Codecs;

namespace Serverless.TimeSeries.Runs;

/// <summary>Makes points of a partition one run, or as several where one would be too large; of several, the later points are in the later run.</summary>
internal static class RunEncoder
{
    /// <summary>What a sealed row needs beside a value that is as large as a run allows.</summary>
    private const int Margin = 4096;

    private static readonly ThreadLocal<ByteWriter> Writers = new(() => new ByteWriter());

    /// <returns>The runs, in the order in which they are to be appended.</returns>
    /// <exception cref="ArgumentException">A point has no measurement, field or value, or is itself larger than a run may be.</exception>
    public static List<(byte[] Payload, RunPoints Run)> Encode(IReadOnlyList<Point> points)
    {
        var runs = new List<(byte[] Payload, RunPoints Run)>();
        for (var start = 0; start < points.Count; start += RunCodec.MostPoints)
        {
            Encode(points, start, Math.Min(RunCodec.MostPoints, points.Count - start), runs);
        }

        return runs;
    }

    private static void Encode(IReadOnlyList<Point> points, int start, int count, List<(byte[] Payload, RunPoints Run)> runs)
    {
        var run = points is PointBatch { IsMixed: false } batch
            ? BatchGrouper.Group(batch, start, count)
            : PointGrouper.Group(points, start, count);
        var writer = Writers.Value!;
        RunCodec.Encode(writer, run);
        if (writer.Length + LongestNames(run) <= IRunStore.MaxPayload - Margin)
        {
            runs.Add((writer.Written.ToArray(), run));
        }
        else if (count > 1)
        {
            Encode(points, start, count / 2, runs);
            Encode(points, start + (count / 2), count - (count / 2), runs);
        }
        else
        {
            throw new ArgumentException(
                $"A point of {Shortened(points[start].Measurement)} takes more than {IRunStore.MaxPayload - Margin} bytes.",
                nameof(points)
            );
        }
    }

    /// <summary>The most bytes of a column's names, beyond what the margin allows for: a run compresses them, the row of a series does not.</summary>
    private static long LongestNames(RunPoints run)
    {
        var (most, series, last) = (0L, 0L, -1);
        foreach (var column in run.Columns)
        {
            if (column.Series != last)
            {
                last = column.Series;
                series = SizeOf(run.Series[last]);
            }

            most = Math.Max(most, series + Encoding.UTF8.GetByteCount(column.Field));
        }

        return most <= Margin / 2 ? 0 : most;
    }

    private static long SizeOf(SeriesKey series)
    {
        long size = Encoding.UTF8.GetByteCount(series.Measurement);
        foreach (var (key, value) in series.Tags.Tags)
        {
            size += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value) + 6;
        }

        return size;
    }

    private static string Shortened(string name) => name.Length <= 100 ? name : name[..100] + "…";
}
