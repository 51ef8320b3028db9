using System.Globalization;
using System.Text;

namespace Serverless.Acceptance.Tests.Influx.Differential;

/// <summary>
/// Many points: series of several blocks and days, many series, gaps, fields that begin late or are rare; written out of order and in several requests between which the cloud seals what it has,
/// overwritten and deleted in part before and after that. Numbers differ from series to series, and only one of a measurement has booleans and strings, since which of several equal values a selector
/// takes depends on the real server's number of processors. Floats are multiples of 1/1024, so that sums come out the same in whatever order they are added.
/// </summary>
internal static class LargeSample
{
    private const long Epoch = SampleData.Epoch;
    private const int Day = 86_400;
    private const int Devices = 400;

    public static readonly SampleSet Set = new(
        [
            new SampleMeasurement("meter", 6)
            {
                Numbers = ["v", "n", "late", "rare"],
                Others = ["up", "note"],
                Tags = [new SampleTag("site", "a", "b", "c"), new SampleTag("floor", "1", "2", "")],
                Starts = [(Epoch - 3600, 2 * Day), (Epoch - 3600, 7200)],
                Spans =
                [
                    new SampleSpan(60, 3600, "10s", "30s", "37s", "1m", "5m"),
                    new SampleSpan(7200, Day, "5m", "10m", "17m", "1h", "6h"),
                    new SampleSpan(Day, 3 * Day, "1h", "5h", "1d", "90m"),
                ],
            },
            new SampleMeasurement("dense", 3)
            {
                Numbers = ["v", "n"],
                Others = ["up"],
                Starts = [(Epoch + 3600, 20_000), (Epoch, 1)],
                Spans = [new SampleSpan(60, 1800, "1s", "7s", "30s", "1m"), new SampleSpan(3600, 40_000, "1m", "10m", "1h", "1000s")],
            },
            new SampleMeasurement("many", 3)
            {
                Numbers = ["v", "n"],
                Tags =
                [
                    new SampleTag("id", "0", "17", "200"),
                    new SampleTag("kind", "0", "1", "2", "3"),
                    new SampleTag("zone", "x", "y", ""),
                ],
                Starts = [(Epoch - 60, 2500)],
                Spans = [new SampleSpan(120, 5000, "1h", "10m", "700s")],
            },
            new SampleMeasurement("gaps", 2)
            {
                Numbers = ["v", "n"],
                Tags = [new SampleTag("site", "a", "b")],
                Starts = [(Epoch - (500L * Day), 400 * Day), (Epoch - (481L * Day), 1000), (Epoch - (481L * Day), 1000)],
                Spans = [new SampleSpan(100, 2000, "1s", "10s", "5m"), new SampleSpan(20 * Day, 500 * Day, "1d", "7d", "40d", "1000h")],
            },
        ],
        ["meter, dense", "/^(dense|meter)$/", "dense, gaps", "gaps, meter"],
        ["0", "1.5", "50", "-2", "48.25", "3", "1000", "-2000", "52000"],
        ["missing"],
        IsLarge: true
    );

    /// <summary>Writes all; in the end some of it is not sealed in the cloud.</summary>
    public static async Task WriteAsync(TwoServers servers)
    {
        var random = new Random(21);
        await servers.WriteAsync(Meter(random, 0, 0.7));
        await servers.WriteAsync(Shuffled(random, Dense(random, 0, 18_000, 1)));
        await servers.WriteAsync(Shuffled(random, Many(random, 0, 25)));
        await servers.WriteAsync(Gaps(random, 0, 9));
        await servers.SealAsync();

        // Behind, between and upon what is sealed.
        await servers.WriteAsync(Meter(random, 0.6, 1));
        await servers.WriteAsync(Dense(random, 6000, 1500, 1) + Dense(random, 12_000, 10, 100));
        await servers.WriteAsync(Shuffled(random, Many(random, 20, 45)));
        await servers.WriteAsync(Gaps(random, 7, 12));
        await servers.DoAsync($"DELETE FROM meter WHERE site = 'a' AND time >= {Epoch + 30_000}s AND time < {Epoch + 33_333}s");
        await servers.DoAsync($"DELETE FROM dense WHERE time > {Epoch + 9000}s AND time <= {Epoch + 14_000}s");
        await servers.DoAsync("DELETE FROM many WHERE kind = '3'");
        await servers.DoAsync("DROP SERIES FROM many WHERE id = '16'");
        await servers.SealAsync();

        await servers.WriteAsync(Meter(random, 0.3, 0.32));
        await servers.WriteAsync(Dense(random, 10_000, 500, 2));
        await servers.WriteAsync(Many(random, 3, 5));
        await servers.SealAsync();

        // What stays live, with deletions that sealed blocks do not know.
        await servers.WriteAsync(Meter(random, 0.45, 0.46) + Meter(random, 1, 1.02));
        await servers.WriteAsync(Dense(random, 17_500, 1000, 1) + Dense(random, 300, 50, 3));
        await servers.WriteAsync(Many(random, 44, 47));
        await servers.DoAsync($"DELETE FROM meter WHERE floor = '2' AND time >= {Epoch + 100_000}s AND time < {Epoch + 101_111}s");
        await servers.DoAsync($"DELETE FROM meter WHERE site = 'a' AND time < {Epoch + 400}s");
        await servers.DoAsync($"DELETE FROM dense WHERE time >= {Epoch + 15_000}s AND time < {Epoch + 15_100}s");
        await servers.DoAsync("DELETE FROM many WHERE id = '23'");
        await servers.DoAsync($"DELETE FROM gaps WHERE time < {Epoch - (470L * Day)}s");
        await servers.WriteAsync(Meter(random, 0.555, 0.557) + Gaps(random, 0, 1));
    }

    /// <summary>A part of two days of three sites: one regular, one regular and slower, one not.</summary>
    private static string Meter(Random random, double from, double until)
    {
        var lines = new StringBuilder();
        (string Tags, int Step, int Jitter)[] sites = [("site=a,floor=1", 5, 0), ("site=b,floor=2", 15, 0), ("site=c", 9, 8)];
        for (var site = 0; site < sites.Length; site++)
        {
            var (tags, step, jitter) = sites[site];
            var (v, n) = (50.0, 0);
            for (var second = (int)(from * 2 * Day) / step * step; second < until * 2 * Day; second += step)
            {
                v += random.Next(-16, 17) / 64.0;
                n += random.Next(-3, 4);
                var at = second + random.Next(jitter + 1);
                if (random.Next(50) > 0)
                {
                    lines.Append($"meter,{tags} v={Text(v + (site / 1024.0))}");
                    lines.Append(random.Next(10) > 0 ? $",n={(n * 1000) + site}i" : "");
                    lines.Append(site == 1 && random.Next(2) == 0 ? $",up={(random.Next(3) == 0 ? "true" : "false")}" : "");
                    lines.Append(site == 1 && random.Next(12) == 0 ? $",note=\"n{random.Next(5)}\"" : "");
                    lines.Append(second > 100_000 ? $",late={Text((v * 2) + (site / 1024.0))}" : "");
                    lines.Append(random.Next(100) == 0 ? $",rare={(random.Next(-50, 50) * 10) + site}i" : "");
                    lines.Append($" {Epoch + at}000000000\n");
                }
            }
        }

        return lines.ToString();
    }

    /// <summary>One series at uneven nanoseconds. Its n is a float where that of others is an integer.</summary>
    private static string Dense(Random random, int from, int count, int step)
    {
        var lines = new StringBuilder();
        var v = 20.0;
        for (var i = 0; i < count; i++)
        {
            v += random.Next(-16, 17) / 64.0;
            var at = ((Epoch + from + (i * step)) * 1_000_000_000) + (random.Next(3) * 1_000_003);
            lines.Append($"dense v={Text(v + (3 / 1024.0))}");
            lines.Append(random.Next(3) > 0 ? $",n={Text((random.Next(-900, 900) * 8) + (3 / 1024.0))}" : "");
            lines.Append(random.Next(6) == 0 ? $",up={(random.Next(2) == 0 ? "true" : "false")}" : "");
            lines.Append($" {at}\n");
        }

        return lines.ToString();
    }

    /// <summary>The minutes from one to another of many devices, which are not at the same seconds; some miss minutes.</summary>
    private static string Many(Random random, int from, int until)
    {
        var lines = new StringBuilder();
        for (var id = 0; id < Devices; id++)
        {
            var zone = (id % 5) switch
            {
                0 => ",zone=x",
                1 => ",zone=y",
                _ => "",
            };
            for (var minute = from; minute < until; minute++)
            {
                if (random.Next(8) > 0)
                {
                    lines.Append($"many,id={id},kind={id % 7}{zone} v={Text(random.Next(100) + (id / 1024.0))}");
                    lines.Append(id % 3 > 0 ? $",n={(random.Next(-60, 60) * 1000) + id}i" : "");
                    lines.Append($" {Epoch + (minute * 60) + (id % 60)}000000000\n");
                }
            }
        }

        return lines.ToString();
    }

    /// <summary>Bursts of points, forty days apart.</summary>
    private static string Gaps(Random random, int from, int until)
    {
        var lines = new StringBuilder();
        for (var burst = from; burst < until; burst++)
        {
            for (var i = 0; i < 300; i++)
            {
                var at = Epoch - ((480L - (burst * 40L)) * Day) + i + random.Next(2);
                var site = random.Next(2);
                lines.Append(
                    $"gaps,site={"ab"[site]} v={Text(random.Next(4000) / 64.0 + (site / 1024.0))},n={(random.Next(-99, 99) * 10) + site}i {at}000000000\n"
                );
            }
        }

        return lines.ToString();
    }

    private static string Shuffled(Random random, string lines)
    {
        var all = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        random.Shuffle(all);
        return string.Join('\n', all);
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
