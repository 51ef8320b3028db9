using System.Runtime.CompilerServices;
using Serverless.Dialects.Conduit.Uplinks;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Conduit.Reads;

/// <summary>Reads the data points of a tenant's devices by channel.</summary>
internal sealed class ConduitReader(DeviceDirectory devices, DeviceHistory history)
{
    private const int PageSize = 100;

    /// <summary>The points of a range in the order of their times; at the same time by device and then by channel number. Strings are left out, for a value is a number.</summary>
    /// <exception cref="DomainException">The tenant has no device of one of these network ids.</exception>
    public async IAsyncEnumerable<ConduitPoint> ReadAsync(
        string tenant,
        ConduitQuery query,
        Func<DeviceTwin, bool> isWanted,
        SecondRange range,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var streams = new List<IAsyncEnumerator<ConduitPoint>>();
        try
        {
            var heap = new PriorityQueue<int, (long Time, int Stream)>();
            foreach (var device in await FindAsync(tenant, query.Ids, cancellation))
            {
                if (isWanted(device))
                {
                    streams.Add(ReadAsync(tenant, device, query.Channels, range, cancellation).GetAsyncEnumerator(cancellation));
                    await AdvanceAsync(streams.Count - 1);
                }
            }

            while (heap.TryDequeue(out var next, out _))
            {
                yield return streams[next].Current;
                await AdvanceAsync(next);
            }

            async ValueTask AdvanceAsync(int stream)
            {
                if (await streams[stream].MoveNextAsync())
                {
                    heap.Enqueue(stream, (streams[stream].Current.Time, stream));
                }
            }
        }
        finally
        {
            foreach (var stream in streams)
            {
                await stream.DisposeAsync();
            }
        }
    }

    private async IAsyncEnumerable<ConduitPoint> ReadAsync(
        string tenant,
        DeviceTwin device,
        IReadOnlySet<int> numbers,
        SecondRange range,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var channels = device
            .Channels.Where(channel => numbers.Count == 0 || numbers.Contains(channel.Number))
            .OrderBy(channel => channel.Number)
            .ToDictionary(channel => (channel.Measurement, channel.Field), channel => new ConduitChannel(device, channel));
        var rows = history.ReadAsync(tenant, device.Uuid, channels.Keys, range.FromNs, range.ToNs, false, cancellation);
        await foreach (var row in rows)
        {
            foreach (var value in row.Values)
            {
                if (value.Value.Type != FieldType.String)
                {
                    yield return new ConduitPoint(channels[(value.Measurement, value.Field)], row.Time, value.Value);
                }
            }
        }
    }

    private async Task<IReadOnlyList<DeviceTwin>> FindAsync(string tenant, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var found = new List<DeviceTwin>();
        foreach (var id in ids)
        {
            var device = await devices.FindByNameAsync(tenant, ConduitPayloadDecoder.NetworkId, id, cancellation);
            found.Add(device?.Value ?? throw DomainException.NotFound($"device '{id}'"));
        }

        if (ids.Count > 0)
        {
            return found;
        }

        string? cursor = null;
        do
        {
            var (page, next) = await devices.ListAsync(tenant, null, null, PageSize, cursor, cancellation);
            found.AddRange(page.Select(device => device.Value));
            cursor = next;
        } while (cursor is not null);

        return found;
    }
}
