using Azure.Core;
using Serverless.Azure.TableStorage;
using Serverless.Azure.Tests.Support;
using Serverless.Domain.Documents;
using Serverless.Domain.Series;
using Serverless.TimeSeries;

namespace Serverless.Azure.Tests.TableStorage;

[Collection(AzuriteTests.Name)]
public sealed class FaultTests(Azurite azurite)
{
    private const long Second = 1_000_000_000;

    /// <summary>In a table that does not exist, the partition is listed (refused, for want of the table, and again), then begun, then appended to.</summary>
    private const int FirstAppend = 4;

    private static readonly SeriesPartition Partition = new("acme", "iot", 0);
    private static readonly Fault[] Faults = [.. Enum.GetValues<Fault>().Where(fault => fault != Fault.None)];

    private readonly string table = azurite.NewTable();
    private int failures;

    public static TheoryData<int> OfAllKinds { get; } = [.. Faults.Select(fault => (int)fault)];

    [Theory]
    [MemberData(nameof(OfAllKinds))]
    public async Task An_append_that_is_tried_again_is_there_once(int fault)
    {
        var attempt = 0;
        var transport = new FaultingTransport(request => IsTransaction(request) && ++attempt % 2 == 1 ? (Fault)fault : Fault.None);
        var store = azurite.Store(table, Options(transport));
        var appended = new List<(long Sequence, byte[] Payload)>();
        for (byte i = 0; i < 10; i++)
        {
            appended.Add((await store.AppendAsync(Partition, new[] { i }, default), [i]));
        }

        await transport.DeliverLateAsync();
        await VerifyAsync(appended);
        Assert.True(transport.Happened[(Fault)fault] >= 10);
    }

    [Fact]
    public async Task An_append_that_was_committed_and_then_sealed_by_another_before_its_retry_is_not_done_again()
    {
        var other = azurite.Store(table);
        var first = await other.AppendAsync(Partition, new byte[] { 1 }, default);
        var cut = false;
        var transport = new FaultingTransport(request =>
        {
            if (!IsTransaction(request) || cut)
            {
                return Fault.None;
            }

            cut = true;
            return Fault.CutAfter;
        });
        var options = Options(transport);
        options.AddPolicy(
            new BetweenAttempts(() => other.CompactAsync(Partition, new Compaction([], [], first + 1), default)),
            HttpPipelinePosition.PerRetry
        );
        var store = azurite.Store(table, options);

        Assert.Equal(first + 1, await store.AppendAsync(Partition, new byte[] { 2 }, default));
        Assert.Empty(await RunsAsync());
        Assert.Equal(first + 2, await store.AppendAsync(Partition, new byte[] { 3 }, default));
    }

    [Fact]
    public async Task A_writer_that_slept_through_a_compaction_takes_no_number_again()
    {
        var (sleeper, other) = (azurite.Store(table), azurite.Store(table));
        var first = await sleeper.AppendAsync(Partition, new byte[] { 1 }, default);
        var last = first;
        for (byte i = 0; i < 5; i++)
        {
            last = await other.AppendAsync(Partition, new[] { i }, default);
        }

        await other.CompactAsync(Partition, new Compaction([], [], last), default);

        Assert.Equal(last + 1, await sleeper.AppendAsync(Partition, new byte[] { 2 }, default));
        Assert.Equal(last + 1, Assert.Single(await RunsAsync()).Sequence);
    }

    [Fact]
    public async Task An_instance_that_compacts_what_others_wrote_takes_none_of_their_numbers()
    {
        var (compactor, other) = (azurite.Store(table), azurite.Store(table));
        await compactor.AppendAsync(Partition, new byte[] { 1 }, default);
        var last = 0L;
        for (byte i = 0; i < 5; i++)
        {
            last = await other.AppendAsync(Partition, new[] { i }, default);
        }

        await compactor.CompactAsync(Partition, new Compaction([], [], last), default);

        Assert.Equal(last + 1, await compactor.AppendAsync(Partition, new byte[] { 2 }, default));
    }

    [Fact]
    public async Task A_request_that_arrives_after_its_run_was_sealed_does_nothing()
    {
        var transactions = 0;
        var transport = new FaultingTransport(request => IsTransaction(request) && ++transactions == FirstAppend ? Fault.Late : Fault.None);
        var store = azurite.Store(table, Options(transport));
        var last = await store.AppendAsync(Partition, new byte[] { 1 }, default);
        await store.CompactAsync(Partition, new Compaction([], [], last), default);
        await transport.DeliverLateAsync();

        Assert.Empty(await RunsAsync());
        Assert.Equal(last + 1, await store.AppendAsync(Partition, new byte[] { 2 }, default));
    }

    [Fact]
    public async Task Writers_on_several_instances_that_all_suffer_lose_and_double_nothing()
    {
        var transports = Enumerable.Range(0, 3).Select(seed => Suffering(seed, 30)).ToList();
        var writers = transports.Select((transport, i) => WriteAsync(azurite.Store(table, Options(transport)), (byte)i)).ToList();
        var appended = (await Task.WhenAll(writers)).SelectMany(runs => runs).ToDictionary(run => run.Sequence, run => run.Payload);
        foreach (var transport in transports)
        {
            await transport.DeliverLateAsync();
        }

        // An append that failed in the end may have been done, and was done again by its caller; no other is there twice.
        var runs = (await RunsAsync()).ToDictionary(run => run.Sequence, run => run.Payload.ToArray());
        Assert.All(appended, run => Assert.Equal(run.Value, runs[run.Key]));
        Assert.InRange(runs.Count, appended.Count, appended.Count + failures);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_workload_of_series_through_all_faults_reads_as_if_there_had_been_none(int seed)
    {
        var random = new Random(seed);
        var transport = Suffering(seed, 15);
        var options = new SeriesOptions { MergeRows = 2, ReadsWindows = true };
        SeriesStore[] stores =
        [
            new(azurite.Store(table, Options(transport)), TimeProvider.System, options),
            new(azurite.Store(table, Options(transport)), TimeProvider.System, options),
        ];
        var expected = new SortedDictionary<(string Device, long Time), double>();
        for (var round = 0; round < 25; round++)
        {
            var store = stores[random.Next(2)];
            var points = Enumerable.Range(0, 40).Select(_ => NewPoint(random)).ToList();
            await UntilDoneAsync(() => store.WriteAsync("acme", "iot", points, default));
            points.ForEach(point => expected[(point.Tags["uuid"]!, point.Time)] = point.Value.Float);
            switch (random.Next(4))
            {
                case 0:
                    await UntilDoneAsync(() => stores[random.Next(2)].CompactAsync("acme", "iot", default));
                    break;
                case 1:
                    await transport.DeliverLateAsync();
                    break;
                case 2:
                    await UntilDoneAsync(async () => Verify(expected, await ReadAsync(store), $"round {round}"));
                    break;
            }
        }

        await transport.DeliverLateAsync();
        await using var fresh = new SeriesStore(azurite.Store(table), TimeProvider.System, options);
        Verify(expected, await ReadAsync(fresh), "a fresh instance");
        await fresh.CompactAsync("acme", "iot", default);
        Verify(expected, await ReadAsync(fresh), "after a compaction");
        Assert.True(transport.Happened.Values.Sum() - transport.Happened[Fault.None] > 10);
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }
    }

    private static void Verify(
        SortedDictionary<(string Device, long Time), double> expected,
        SortedDictionary<(string Device, long Time), double> read,
        string when
    ) =>
        Assert.True(
            expected.SequenceEqual(read),
            $"{when}: lost {string.Join(' ', expected.Except(read))}, doubled or changed {string.Join(' ', read.Except(expected))}"
        );

    private static Point NewPoint(Random random) =>
        new(
            "temp",
            TagSet.Of("uuid", $"d{random.Next(5)}"),
            "value",
            random.Next(600) * Second,
            FieldValue.Of(random.Next(10_000) / 100.0)
        );

    private static async Task<SortedDictionary<(string Device, long Time), double>> ReadAsync(SeriesStore store)
    {
        var points = new SortedDictionary<(string Device, long Time), double>();
        foreach (var series in await store.FindSeriesAsync("acme", "iot", null, null, default))
        {
            await foreach (var chunk in store.ScanAsync(series, "value", long.MinValue, long.MaxValue, false, default))
            {
                for (var i = 0; i < chunk.Count; i++)
                {
                    points.Add((series.Tags["uuid"]!, chunk.Times.Span[i]), chunk.ValueAt(i).Float);
                }
            }
        }

        return points;
    }

    /// <summary>Does again what the store could not, as a caller does that delivers at least once.</summary>
    private async Task UntilDoneAsync(Func<Task> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await work();
                return;
            }
            catch (StoreUnavailableException) when (attempt < 50)
            {
                Interlocked.Increment(ref failures);
            }
        }
    }

    private static FaultingTransport Suffering(int seed, int percent)
    {
        var random = new Random(seed);
        return new FaultingTransport(_ => random.Next(100) < percent ? Faults[random.Next(Faults.Length)] : Fault.None);
    }

    private static bool IsTransaction(Request request) => request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal);

    private static TableClientOptions Options(FaultingTransport transport)
    {
        var options = new TableClientOptions { Transport = transport };
        (options.Retry.Delay, options.Retry.MaxDelay) = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2));
        return options;
    }

    private async Task<List<(long Sequence, byte[] Payload)>> WriteAsync(TableRunStore store, byte writer)
    {
        var appended = new List<(long Sequence, byte[] Payload)>();
        for (byte i = 0; i < 20; i++)
        {
            byte[] payload = [writer, i];
            await UntilDoneAsync(async () => appended.Add((await store.AppendAsync(Partition, payload, default), payload)));
        }

        return appended;
    }

    private async Task VerifyAsync(List<(long Sequence, byte[] Payload)> appended)
    {
        var runs = await RunsAsync();
        Assert.Equal(
            appended.OrderBy(run => run.Sequence).Select(run => (run.Sequence, Convert.ToHexString(run.Payload))),
            runs.Select(run => (run.Sequence, Convert.ToHexString(run.Payload.Span)))
        );
    }

    private async Task<List<StoredRun>> RunsAsync() => await azurite.Store(table).ReadRunsAsync(Partition, 0, default).ToListAsync();
}
