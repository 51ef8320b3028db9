using System.Text;
using Serverless.Azure.TableStorage;
using Serverless.Azure.Tests.Support;
using Serverless.Domain.Series;
using Serverless.TimeSeries;

namespace Serverless.Azure.Tests.TableStorage;

/// <summary>What the workload "10,000 devices, 5 values every 10 s, batches of 1,000 messages" takes, on a day of 19 devices.</summary>
/// <remarks>
/// <para>
/// The ratios of 10,000 devices are the same or better. An append takes one request for the 5,000 points of a batch, whoever sent them. A compaction comes after so many points of each
/// series as the limit of live points divided by the series, and the limit is scaled with the devices here; each of its transactions takes up to 99 rows, as the 95 rows do here; it reads one window a device; and its handful of other requests (state, version, catalogue, fence) are shared by 19 devices and not by 10,000.
/// </para>
/// <para>A row's bytes are those of its own series, and what else is stored is shared by more.</para>
/// </remarks>
[Collection(AzuriteTests.Name)]
public sealed class RequestCountTests(Azurite azurite)
{
    private const int Devices = 19;
    private const int RealDevices = 10_000;
    private const int MessagesPerBatch = 1000;
    private const int RoundsPerDay = 8640;
    private const long Second = 1_000_000_000;
    private const long Midnight = 1_767_225_600 * Second;

    private static readonly string[] Measurements = ["temperature", "humidity", "pressure", "battery", "rssi"];
    private static readonly TagSet[] Tags =
    [
        .. Enumerable.Range(0, Devices).Select(i => TagSet.Of("uuid", new Guid(i * 7919, 1, 2, [1, 2, 3, 4, 5, 6, 7, 8]).ToString())),
    ];

    private readonly string table = azurite.NewTable();
    private readonly CountingTransport transport = new();
    private readonly Random random = new(1);
    private readonly double[,] values = new double[Devices, 5];
    private long points;

    [Fact]
    public async Task A_day_stays_within_2_requests_per_1000_points_3_bytes_a_point_and_4_requests_to_read_a_devices_day()
    {
        var series = TableStorageRegistration.Series();
        var limit = series.MaxLivePoints * Devices / RealDevices;
        (series.MaxLivePoints, series.MaxLiveBytes) = (int.MaxValue, int.MaxValue);
        await using (var store = NewStore(series))
        {
            for (var round = 0; round < RoundsPerDay; )
            {
                round = await WriteBatchAsync(store, round);
                await CompactIfDueAsync(store, limit);
            }

            await store.CompactAsync("acme", "iot", default);
            var written = transport.TakeRequests();
            TestContext.Current.SendDiagnosticMessage(
                $"{points} points, {written} requests: {written * 1000.0 / points:f2} per 1,000 points"
            );
            Assert.InRange(written * 1000.0 / points, 0.2, 2);

            await ReadDayAsync(store, 4711 % Devices);
            Assert.InRange(transport.TakeRequests(), 1, 4);
        }

        await using var fresh = NewStore(series);
        await ReadDayAsync(fresh, 7);
        Assert.InRange(transport.TakeRequests(), 1, 4);

        var bytes = await BytesAsync();
        TestContext.Current.SendDiagnosticMessage($"{bytes / points:f2} bytes a point");
        Assert.InRange(bytes / points, 1, 3);
    }

    private SeriesStore NewStore(SeriesOptions series) =>
        new(azurite.Store(table, new TableClientOptions { Transport = transport }), TimeProvider.System, series);

    /// <summary>1,000 messages, in the order of their times.</summary>
    private async Task<int> WriteBatchAsync(SeriesStore store, int round)
    {
        var batch = new List<Point>(5 * MessagesPerBatch);
        for (; batch.Count < 5 * MessagesPerBatch && round < RoundsPerDay; round++)
        {
            for (var device = 0; device < Devices; device++)
            {
                var time = Midnight + (round * 10 * Second) + (device * 10 * Second / Devices);
                for (var i = 0; i < Measurements.Length; i++)
                {
                    values[device, i] = Math.Round(values[device, i] + ((random.Next(201) - 100) / 100.0), 2);
                    batch.Add(new Point(Measurements[i], Tags[device], "value", time, FieldValue.Of(values[device, i])));
                }
            }
        }

        await store.WriteAsync("acme", "iot", batch, default);
        points += batch.Count;
        return round;
    }

    /// <summary>A write starts a compaction in the background beyond the limit; here the test does, and waits for it, so that each run of the test counts the same.</summary>
    private async Task CompactIfDueAsync(SeriesStore store, int limit)
    {
        if (points - compacted > limit)
        {
            await store.CompactAsync("acme", "iot", default);
            compacted = points;
        }
    }

    private long compacted;

    private static async Task ReadDayAsync(SeriesStore store, int device)
    {
        var found = await store.FindSeriesAsync("acme", "iot", null, tags => tags.Equals(Tags[device]), default);
        Assert.Equal(5, found.Count);
        foreach (var series in found)
        {
            var count = 0;
            await foreach (var chunk in store.ScanAsync(series, "value", Midnight, Midnight + (86_400 * Second), false, default))
            {
                count += chunk.Count;
            }

            Assert.Equal(RoundsPerDay, count);
        }
    }

    /// <summary>All that is stored, as the service bills it: 4 bytes an entity, 2 a character of its keys, and for each property 8, 2 a character of its name, and its value.</summary>
    /// <remarks>https://learn.microsoft.com/archive/blogs/avkashchauhan/how-the-size-of-an-entity-is-caclulated-in-windows-azure-table-storage.</remarks>
    private async Task<double> BytesAsync()
    {
        var keys = new PartitionKeys(new SeriesPartition("acme", "iot", 0));
        var bytes = 0.0;
        foreach (var partition in (string[])[keys.Runs, keys.Rows, PartitionKeys.Directory])
        {
            await foreach (var entity in azurite.Client(table).QueryAsync(partition, "!", "~~~", null, etags: false, default))
            {
                bytes += 4 + (2 * (partition.Length + entity.RowKey.Length));
                foreach (var property in entity.Json.EnumerateObject().Where(property => property.Name is not ("PartitionKey" or "RowKey")))
                {
                    bytes += 8 + (2 * Encoding.ASCII.GetByteCount(property.Name)) + SizeOf(property.Name, property.Value.GetString()!);
                }
            }
        }

        return bytes;
    }

    private static int SizeOf(string name, string value) =>
        name[0] == 'D' ? 4 + Convert.FromBase64String(value).Length
        : name == "Transaction" ? 4 + (2 * value.Length)
        : 8;
}
