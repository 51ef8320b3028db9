using System.Globalization;

namespace Serverless.Benchmarks.Influx;

/// <summary>Prints the peer's time, ours, and how many times the peer's ours goes into it, beside the aim.</summary>
internal sealed class RatioTable(TextWriter output)
{
    public void Head(string title) => output.WriteLine($"\n{title, -44} {"influxd", 12} {"ours", 12} {"ratio", 8} {"aim", 6}");

    /// <param name="name">The work.</param>
    /// <param name="peer">The peer's milliseconds (or bytes).</param>
    /// <param name="ours">Ours.</param>
    /// <param name="aim">The least ratio that is wanted, or null.</param>
    /// <param name="remark">What stands behind.</param>
    public void Row(string name, double peer, double ours, double? aim = null, string remark = "")
    {
        var wanted = aim is { } least ? $"{least:0.#}{(peer / ours >= least ? " ✓" : " ✗")}" : "";
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name, -44} {peer, 12:N2} {ours, 12:N2} {peer / ours, 8:N2} {wanted, 6}  {remark}"
            )
        );
        output.Flush();
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    public static double GeometricMean(IEnumerable<double> values) => Math.Exp(values.Average(Math.Log));
}
