using System.Globalization;
using Serverless.Benchmarks.Lines;

namespace Serverless.Benchmarks.Influx;

/// <summary>Something that both servers are asked, with the least ratio (the peer's time by ours) that is aimed at; null for none.</summary>
internal sealed record Work(string Name, string Database, string Query, double? Aim)
{
    /// <summary>The databases of the queries below and of the TSBS ones.</summary>
    public const string Plain = "plain";
    public const string Tsbs = "tsbs";

    /// <summary>The issue's queries over a million points in one series, and a million in 100.</summary>
    /// <param name="ofOne">Points of the one series, a second apart.</param>
    /// <param name="ofMany">Points of each of 100 series, a minute apart.</param>
    public static IReadOnlyList<Work> Queries(long ofOne, long ofMany)
    {
        var (one, many) = (Range(0, ofOne), Range(0, ofMany * 60));
        return
        [
            new("mean, time(1m), 1 series", Plain, $"SELECT mean(value) FROM one WHERE {one} GROUP BY time(1m)", 10),
            new("mean, time(1m), 100 series merged", Plain, $"SELECT mean(value) FROM many WHERE {many} GROUP BY time(1m)", 20),
            new("mean, time(1h), host, 100 series", Plain, $"SELECT mean(value) FROM many WHERE {many} GROUP BY time(1h), host", 10),
            new("raw range of 10,000 points", Plain, $"SELECT value FROM one WHERE {Range(ofOne / 2, 10_000)}", 2),
            new("last() of one of 100 series", Plain, "SELECT last(value) FROM many WHERE host = 'h7'", 1),
            new("last() of 100 series", Plain, "SELECT last(value) FROM many GROUP BY host", null),
            new("mean of all, 1 series", Plain, "SELECT mean(value) FROM one", null),
        ];
    }

    /// <summary>The 15 queries of TSBS's "devops" for cpu-only data, with hosts and times chosen anew by <paramref name="random"/>.</summary>
    /// <param name="hosts">How many hosts the data have.</param>
    /// <param name="hours">How many hours.</param>
    /// <param name="random">Chooses.</param>
    public static IReadOnlyList<Work> TsbsQueries(int hosts, int hours, Random random)
    {
        return
        [
            SingleGroupBy(1, 1, 1),
            SingleGroupBy(1, 1, 12),
            SingleGroupBy(1, 8, 1),
            SingleGroupBy(5, 1, 1),
            SingleGroupBy(5, 1, 12),
            SingleGroupBy(5, 8, 1),
            Of("cpu-max-all-1", $"SELECT {Calls("max", 10)} FROM cpu WHERE {Hosts(1)} AND {Hours(8)} GROUP BY time(1h)"),
            Of("cpu-max-all-8", $"SELECT {Calls("max", 10)} FROM cpu WHERE {Hosts(8)} AND {Hours(8)} GROUP BY time(1h)"),
            DoubleGroupBy("double-groupby-1", 1),
            DoubleGroupBy("double-groupby-5", 5),
            DoubleGroupBy("double-groupby-all", 10),
            Of("high-cpu-1", $"SELECT * FROM cpu WHERE usage_user > 90.0 AND {Hosts(1)} AND {Hours(12)}"),
            Of("high-cpu-all", $"SELECT * FROM cpu WHERE usage_user > 90.0 AND {Hours(12)}"),
            Of(
                "groupby-orderby-limit",
                $"SELECT max(usage_user) FROM cpu WHERE time < {Time((random.Next(hours - 1) + 1) * 3600L)} GROUP BY time(1m) LIMIT 5"
            ),
            Of("lastpoint", "SELECT * FROM cpu GROUP BY \"hostname\" ORDER BY time DESC LIMIT 1"),
        ];

        Work SingleGroupBy(int metrics, int ofHosts, int forHours) =>
            Of(
                $"single-groupby-{metrics}-{ofHosts}-{forHours}",
                $"SELECT {Calls("max", metrics)} FROM cpu WHERE {Hosts(ofHosts)} AND {Hours(forHours)} GROUP BY time(1m)"
            );

        Work DoubleGroupBy(string name, int metrics) =>
            Of(name, $"SELECT {Calls("mean", metrics)} FROM cpu WHERE {Hours(12)} GROUP BY time(1h),hostname");

        string Hosts(int count) =>
            $"({string.Join(" OR ", Enumerable.Range(0, count).Select(_ => $"hostname = 'host_{random.Next(hosts)}'"))})";

        string Hours(int count) => Range(random.Next(Math.Max(1, (hours - count) * 3600)), count * 3600L);
    }

    private static Work Of(string name, string query) => new(name, Tsbs, query, null);

    private static string Calls(string function, int metrics) =>
        string.Join(", ", TsbsCpu.Fields.Take(metrics).Select(field => $"{function}({field})"));

    private static string Range(long from, long seconds) => $"time >= {Time(from)} AND time < {Time(from + seconds)}";

    private static string Time(long seconds) =>
        $"'{DateTimeOffset.FromUnixTimeSeconds(LineBodies.Start + seconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}'";
}
