using System.Globalization;
using System.Text;

namespace Serverless.Acceptance.Tests.Influx.Differential;

/// <summary>
/// Points for the comparison: dense and sparse measurements, fields of all types, tags that some series lack, names that need escapes, points that overwrite others, a day
/// on which clocks change. Float values are multiples of 1/64, so that sums come out the same in whatever order they are added.
/// </summary>
internal static class SampleData
{
    /// <summary>2020-01-01T00:00:00Z in seconds.</summary>
    public const long Epoch = 1_577_836_800;

    /// <summary>2019-03-31T00:00:00Z, on which Berlin's clocks go forward at 01:00Z; they go back on 2019-10-27.</summary>
    public const long Spring = 1_553_990_400;

    public const long Autumn = 1_572_134_400;

    private static readonly SampleSpan Short = new(20, 120, MinuteIntervals);

    public static readonly SampleSet Set = new(
        [
            new SampleMeasurement("cpu", 6)
            {
                Numbers = ["usage", "load"],
                Others = ["up", "note"],
                Tags = [Hosts, new SampleTag("region", "eu", "us", ""), new SampleTag("rack", "1", "2")],
                Starts = [(Epoch - 60, 300)],
                Spans = [new SampleSpan(90, 900, MinuteIntervals)],
            },
            new SampleMeasurement("mem", 3)
            {
                Numbers = ["free", "total", "usage"],
                Tags = [Hosts],
                Starts = [(Epoch - 1800, 2000)],
                Spans = [new SampleSpan(200, 3000, MinuteIntervals)],
            },
            new SampleMeasurement("disk", 2)
            {
                Numbers = ["used", "\"free space\""],
                Tags = [Hosts, new SampleTag("path", "/", "/var log")],
                Starts = [(Epoch - 60, 300)],
                Spans = [new SampleSpan(90, 900, MinuteIntervals)],
            },
            new SampleMeasurement("clock", 3)
            {
                Numbers = ["value", "level"],
                Starts = [(Spring - 43_200, 43_200), (Autumn - 43_200, 43_200)],
                Spans = [new SampleSpan(20_000, 150_000, "1h", "2h", "1d", "6h", "90m", "1w", "20m")],
                HasZones = true,
                IsRich = false,
            },
            new SampleMeasurement("old", 1)
            {
                Numbers = ["value", "count"],
                Starts = [(-3, 1)],
                Spans = [new SampleSpan(3, 90, MinuteIntervals)],
                IsRich = false,
            },
            new SampleMeasurement("text", 1)
            {
                Numbers = ["n"],
                Others = ["line"],
                Tags = [Hosts],
                Starts = [(Epoch - 19, 20)],
                Spans = [Short],
                IsRich = false,
            },
            new SampleMeasurement("flags", 1)
            {
                Others = ["\"on\"", "off"],
                Tags = [new SampleTag("k", "1", "2")],
                Starts = [(Epoch - 19, 20)],
                Spans = [Short],
                IsRich = false,
            },
            new SampleMeasurement("single", 1)
            {
                Numbers = ["value"],
                Starts = [(Epoch - 19, 20)],
                Spans = [Short],
                IsRich = false,
            },
        ],
        ["cpu, mem", "/^(cpu|mem|disk)$/", "cpu, clock", "mem, clock", "disk, clock"],
        ["0", "5", "1.5", "50", "-2", "10", "48.25", "3"],
        ["missing", "up", "value"]
    );

    private static string[] MinuteIntervals => ["30s", "1m", "2m", "37s", "5m", "10m", "1h"];

    private static SampleTag Hosts => new("host", "a", "b", "c");

    public static string Lines()
    {
        var random = new Random(20);
        var lines = new StringBuilder();
        Cpu(lines, random);
        Memory(lines, random);
        Disk(lines, random);
        Clocks(lines, random);
        Odd(lines);
        return lines.ToString();
    }

    /// <summary>Ten minutes, every ten seconds, five hosts; some points miss a field, some are written twice, times are the same in all series.</summary>
    private static void Cpu(StringBuilder lines, Random random)
    {
        (string Host, string Tags)[] hosts =
        [
            ("a", ",region=eu"),
            ("b", ",region=eu"),
            ("c", ",region=us"),
            ("d", ",region=us,rack=1"),
            ("e", ""),
        ];
        foreach (var (host, tags) in hosts)
        {
            // Values differ from host to host at any time: which of two equal ones the real server picks depends on its number of processors.
            var (usage, load) = (50 + ((host[0] - 'a') / 64.0), 10L + host[0] - 'a');
            for (var i = 0; i < 60; i++)
            {
                if (random.Next(12) == 0)
                {
                    continue;
                }

                usage += random.Next(-8, 9) / 4.0;
                load += random.Next(-3, 4) * 5;
                var fields = new List<string> { $"usage={Text(usage)}" };
                Maybe(fields, random, 0.8, $"load={load}i");
                Maybe(fields, random, 0.5, $"up={(random.Next(2) == 0 ? "true" : "false")}");
                Maybe(fields, random, 0.3, $"note=\"n{random.Next(4)}\"");
                lines.Append($"cpu,host={host}{tags} {string.Join(',', fields)} {Time(Epoch + (i * 10))}\n");
                if (random.Next(15) == 0)
                {
                    lines.Append($"cpu,host={host}{tags} usage={Text(usage + 1)} {Time(Epoch + (i * 10))}\n");
                }
            }
        }
    }

    /// <summary>Irregular times over two hours, down to nanoseconds, values that repeat.</summary>
    private static void Memory(StringBuilder lines, Random random)
    {
        foreach (var host in new[] { "a", "b", "x" })
        {
            var time = Time(Epoch - 1800);
            for (var i = 0; i < 70; i++)
            {
                time += random.NextInt64(1, 200) * 1_000_000_000 / (random.Next(3) == 0 ? 7 : 1);
                var fields = new List<string>();
                Maybe(fields, random, 0.7, $"free={random.Next(-5, 20)}i");
                Maybe(fields, random, 0.7, $"total={Text(random.Next(-40, 40) / 4.0)}");
                Maybe(fields, random, 0.2, $"usage={Text(random.Next(400) / 4.0)}");
                if (fields.Count > 0)
                {
                    lines.Append($"mem,host={host} {string.Join(',', fields)} {time}\n");
                }
            }
        }
    }

    /// <summary>Names and values that need escapes, and a field that is an integer where another measurement's is a float.</summary>
    private static void Disk(StringBuilder lines, Random random)
    {
        foreach (var path in new[] { "/", "/var\\ log", "C:\\\\x", "a\\,b\\=c" })
        {
            for (var i = 0; i < 20; i++)
            {
                lines.Append(
                    $"disk,host={(i % 2 == 0 ? "a" : "b")},path={path} used={random.Next(1000)}i,free\\ space={Text(random.Next(100) / 4.0)} {Time(Epoch + (i * 30) + random.Next(3))}\n"
                );
            }
        }
    }

    /// <summary>Half-hourly points through two days of changing clocks, in one series.</summary>
    private static void Clocks(StringBuilder lines, Random random)
    {
        foreach (var start in new[] { Spring - 43_200, Autumn - 43_200 })
        {
            for (var i = 0; i < 96; i++)
            {
                lines.Append($"clock value={random.Next(100)}i,level={Text(random.Next(100) / 4.0)} {Time(start + (i * 1800))}\n");
            }
        }
    }

    private static void Odd(StringBuilder lines)
    {
        lines.Append($"single value=42 {Time(Epoch + 5)}\n");
        lines.Append("old value=1,count=9223372036854775807i -1000000000\n");
        lines.Append("old value=-0.5,count=-9223372036854775807i -999999999\n");
        lines.Append("old value=1e300,count=1i 0\n");
        lines.Append("old value=1.7976931348623157e308,count=2i 1\n");
        lines.Append("old value=1e-9,count=3i 2000000000\n");
        lines.Append($"text,host=a line=\"with \\\"quotes\\\" and <b>&amp;\",n=1i {Time(Epoch)}\n");
        lines.Append($"text,host=b line=\"grüße \u2028\",n=2i {Time(Epoch + 1)}\n");
        lines.Append($"text,host=c line=\"\",n=3i {Time(Epoch + 2)}\n");
        lines.Append($"flags,k=1 on=true,off=false {Time(Epoch)}\n");
        lines.Append($"flags,k=1 on=false,off=false {Time(Epoch + 60)}\n");
        lines.Append($"flags,k=2 on=true {Time(Epoch + 60)}\n");
    }

    private static void Maybe(List<string> fields, Random random, double chance, string field)
    {
        if (random.NextDouble() < chance)
        {
            fields.Add(field);
        }
    }

    private static long Time(long seconds) => seconds * 1_000_000_000;

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
