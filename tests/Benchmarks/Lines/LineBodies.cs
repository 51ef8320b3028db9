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

    /// <summary>One series <c>one,host=h0</c>, a point a second, a random walk of two decimals.</summary>
    public static IEnumerable<byte[]> One(int bodies) => Bodies(bodies, 1, 1, "one,host=h");

    /// <summary>Series <c>many,host=h0</c>, <c>h1</c>, ... with a point a minute, all at the same times.</summary>
    public static IEnumerable<byte[]> Many(int bodies, int series = 100) => Bodies(bodies, series, 60, "many,host=h");

    private static IEnumerable<byte[]> Bodies(int bodies, int series, int interval, string key)
    {
        var random = new Random(1);
        var cents = Enumerable.Repeat(5000, series).ToArray();
        var text = new StringBuilder();
        for (var line = 0L; line < (long)bodies * Lines; line++)
        {
            var of = (int)(line % series);
            cents[of] += random.Next(-50, 51);
            var seconds = Start + (line / series * interval);
            text.Append(CultureInfo.InvariantCulture, $"{key}{of} value={cents[of] / 100.0:0.00} {seconds}000000000\n");
            if ((line + 1) % Lines == 0)
            {
                yield return Encoding.UTF8.GetBytes(text.ToString());
                text.Clear();
            }
        }
    }
}
