using System.Diagnostics;
using System.Globalization;
using Serverless.Benchmarks.Lines;

namespace Serverless.Benchmarks.Influx;

/// <summary>The parts of the comparison, on two servers that are up.</summary>
internal sealed class InfluxRun(TextWriter output, IServer peer, IServer ours)
{
    private const int Rounds = 15;
    private const int TsbsChoices = 5;
    private const int TsbsRounds = 3;
    private const int CountedQueries = 20;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    private readonly RatioTable table = new(output);

    /// <summary>Writes of one series and of 100, a million points each; the issue's queries on them; bytes on disk.</summary>
    public async Task PlainAsync(int bodies)
    {
        await CreateAsync(Work.Plain);
        table.Head("writes, 5,000 lines: ms");
        await WriteAsync(Work.Plain, "1 series", LineBodies.One(bodies), 1);
        await WriteAsync(Work.Plain, "100 series", LineBodies.Many(bodies), 1);
        await SettleAsync();
        var points = (long)bodies * LineBodies.Lines;
        var (peerBytes, bytes) = (await peer.StoredBytesAsync(Work.Plain), await ours.StoredBytesAsync(Work.Plain));
        table.Head("disk: bytes");
        table.Row("a point of a two-decimal walk", peerBytes / (2.0 * points), bytes / (2.0 * points), 5);

        table.Head("queries: ms");
        var works = Work.Queries(points, points / 100);
        foreach (var work in works)
        {
            await CompareAsync(work);
            var (of, to) = await TimeAsync([work], Rounds);
            table.Row(work.Name, RatioTable.Median(of), RatioTable.Median(to), work.Aim);
        }

        await AllocationsAsync(works);
    }

    /// <summary>TSBS's cpu-only data and its 15 queries.</summary>
    public async Task TsbsAsync(int hosts, int hours)
    {
        await CreateAsync(Work.Tsbs);
        table.Head("TSBS cpu-only: ms");
        var bodies = hours * 3600 / TsbsCpu.Interval * hosts / LineBodies.Lines;
        await WriteAsync(
            Work.Tsbs,
            $"load, {hosts} hosts, {hours} h, 5,000 rows",
            new TsbsCpu(hosts).Bodies(bodies),
            TsbsCpu.Fields.Length
        );
        await SettleAsync();
        var random = new Random(123);
        var choices = Enumerable.Range(0, TsbsChoices).Select(_ => Work.TsbsQueries(hosts, hours, random)).ToList();
        var ratios = new List<double>();
        for (var i = 0; i < choices[0].Count; i++)
        {
            var works = choices.ConvertAll(choice => choice[i]);
            await CompareAsync(works[0]);
            var (of, to) = await TimeAsync(works, TsbsRounds);
            table.Row(works[0].Name, RatioTable.Median(of), RatioTable.Median(to));
            ratios.Add(RatioTable.Median(of) / RatioTable.Median(to));
        }

        table.Row("geometric mean of the ratios", RatioTable.GeometricMean(ratios), 1, 5);
        var values = (double)bodies * LineBodies.Lines * TsbsCpu.Fields.Length;
        table.Row(
            "bytes on disk a value",
            await peer.StoredBytesAsync(Work.Tsbs) / values,
            await ours.StoredBytesAsync(Work.Tsbs) / values
        );
        await AllocationsAsync(choices[0]);
    }

    /// <summary>How the time of a mean over everything by the minute, and of a minute of it, grows with the points of the series: ours alone.</summary>
    public async Task GrowthAsync(IEnumerable<long> sizes)
    {
        await output.WriteLineAsync($"\n{"growth, 1 series, ours: ms", -44} {"load s", 12} {"mean 1m", 12} {"10k raw", 12} {"last", 12}");
        foreach (var points in sizes)
        {
            var database = $"growth{points}";
            await ours.Connection.QueryAsync(null, $"CREATE DATABASE {database}");
            var load = 0.0;
            foreach (var body in LineBodies.One((int)(points / LineBodies.Lines)))
            {
                load += await ours.Connection.TimeWriteAsync(database, body);
            }

            await ours.SettleAsync();
            var queries = Work.Queries(points, 0);
            var mean = await MedianAsync(queries[0] with { Database = database });
            var raw = await MedianAsync(queries[3] with { Database = database });
            var last = await MedianAsync(new Work("last", database, "SELECT last(value) FROM one", null));
            await output.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{points, -44:N0} {load / 1000, 12:N1} {mean, 12:N2} {raw, 12:N2} {last, 12:N2}"
                )
            );
        }
    }

    /// <summary>The most memory that each process ever had.</summary>
    public void Memory()
    {
        table.Head("peak memory: MB");
        table.Row("of everything above", PeakMegabytes(peer), PeakMegabytes(ours));
    }

    private async Task CreateAsync(string database)
    {
        foreach (var server in new[] { peer, ours })
        {
            await server.Connection.QueryAsync(null, $"CREATE DATABASE {database}");
        }
    }

    /// <summary>Each body to one server and to the other; who is first alternates.</summary>
    private async Task WriteAsync(string database, string name, IEnumerable<byte[]> bodies, int valuesOfLine)
    {
        var (of, to) = (new List<double>(), new List<double>());
        foreach (var body in bodies)
        {
            foreach (var (server, times) in InTurns(of.Count, of, to))
            {
                times.Add(await server.Connection.TimeWriteAsync(database, body));
            }
        }

        double Rate(List<double> times) => times.Count * LineBodies.Lines * valuesOfLine / times.Sum() * 1000;
        var remark = string.Create(CultureInfo.InvariantCulture, $"all: {Rate(of):N0} and {Rate(to):N0} values/s");
        table.Row(name, RatioTable.Median(of), RatioTable.Median(to), 1.5, remark);
    }

    private async Task SettleAsync()
    {
        await peer.SettleAsync();
        await ours.SettleAsync();
    }

    private async Task CompareAsync(Work work)
    {
        var theirs = AnswerSummary.Of(await peer.Connection.QueryAsync(work.Database, work.Query));
        var mine = AnswerSummary.Of(await ours.Connection.QueryAsync(work.Database, work.Query));
        if (!theirs.Agrees(mine))
        {
            await output.WriteLineAsync($"DIFFERENT: {work.Query}: {theirs} and {mine}");
        }
    }

    /// <summary>Each work so many times on both, in turns, when both are warm.</summary>
    private async Task<(List<double> Peer, List<double> Ours)> TimeAsync(IReadOnlyList<Work> works, int rounds)
    {
        await WarmAsync(peer, works);
        await WarmAsync(ours, works);
        var (of, to) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var work in works)
            {
                foreach (var (server, times) in InTurns(of.Count, of, to))
                {
                    times.Add(await server.Connection.TimeQueryAsync(work.Database, work.Query));
                }
            }
        }

        return (of, to);
    }

    private static async Task WarmAsync(IServer server, IReadOnlyList<Work> works)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < WarmUp; )
        {
            foreach (var work in works)
            {
                await server.Connection.TimeQueryAsync(work.Database, work.Query);
            }
        }
    }

    private (IServer Server, List<double> Times)[] InTurns(int turn, List<double> of, List<double> to) =>
        turn % 2 == 0 ? [(peer, of), (ours, to)] : [(ours, to), (peer, of)];

    private async Task<double> MedianAsync(Work work)
    {
        var times = new List<double>();
        for (var round = 0; round <= Rounds; round++)
        {
            times.Add(await ours.Connection.TimeQueryAsync(work.Database, work.Query));
        }

        return RatioTable.Median(times.Skip(1));
    }

    private async Task AllocationsAsync(IReadOnlyList<Work> works)
    {
        await output.WriteLineAsync($"\n{"allocated by ours, a query", -44} {"KB", 12}");
        using var meter = new AllocationMeter(ours.ProcessId);
        var idle = await meter.MeasureAsync(() => Task.Delay(1000));
        foreach (var work in works)
        {
            var bytes = await meter.MeasureAsync(async () =>
            {
                for (var i = 0; i < CountedQueries; i++)
                {
                    await ours.Connection.TimeQueryAsync(work.Database, work.Query);
                }
            });
            await output.WriteLineAsync(
                string.Create(CultureInfo.InvariantCulture, $"{work.Name, -44} {Math.Max(0, bytes - idle) / CountedQueries / 1000, 12:N1}")
            );
        }
    }

    private static double PeakMegabytes(IServer server) =>
        File.ReadLines($"/proc/{server.ProcessId}/status")
            .Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Select(line => double.Parse(line.AsSpan(6, line.Length - 8), CultureInfo.InvariantCulture) / 1000)
            .Single();
}
