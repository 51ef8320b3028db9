using System.Globalization;
using System.Text;

namespace Serverless.Benchmarks.Lines;

/// <summary>Bodies of /write, 5,000 lines each, such as the reference measurements of InfluxDB had.</summary>
internal static class LineBodies
{
    /// <summary>Lines of a body.</summary>
    public const int Lines = 5000;

    /// <summary>The first time of all data, in seconds since 1970.</summary>
    public const long Start = 1_600_000_000;

    /// <summary>One series, a point a second, a random walk of two decimals.</summary>
    public static IEnumerable<byte[]> One(int bodies) =>
        Bodies(bodies, Walks(1, 1), (text, line, walk) => text.Append($"one,host=h0 value={walk[0]} {Start + line}000000000\n"));

    /// <summary>Series of one field, all at the same times, a point a second.</summary>
    public static IEnumerable<byte[]> Many(int bodies, int series = 100) =>
        Bodies(
            bodies,
            Walks(series, 1),
            (text, line, walk) =>
                text.Append(
                    $"many,host=host-{line % series},region=eu-west value={walk[line % series]} {Start + (line / series)}000000000\n"
                )
        );

    private static IEnumerable<byte[]> Bodies(int bodies, Walk walks, Action<StringBuilder, long, Walk> append)
    {
        var text = new StringBuilder();
        for (var body = 0; body < bodies; body++)
        {
            text.Clear();
            for (var i = 0; i < Lines; i++)
            {
                append(text, ((long)body * Lines) + i, walks);
            }

            yield return Encoding.UTF8.GetBytes(text.ToString());
        }
    }

    private static Walk Walks(int series, int seed) => new(series, seed);

    /// <summary>Random walks, one a series; each look takes a step.</summary>
    private sealed class Walk(int series, int seed)
    {
        private readonly Random random = new(seed);
        private readonly int[] cents = [.. Enumerable.Repeat(5000, series)];

        public string this[long index] => ((cents[index] += random.Next(-50, 51)) / 100.0).ToString("0.00", CultureInfo.InvariantCulture);
    }
}
