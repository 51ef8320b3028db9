using Serverless.Dialects.ThingScale.Devices;
using Serverless.Dialects.ThingScale.Requests;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.ThingScale.Channels;

/// <summary>Which devices are mapped to which channel.</summary>
internal sealed class ChannelDevices(DeviceDirectory devices)
{
    /// <summary>
    /// Devices whose rows are read together: more of one channel are refused, for each holds a part of its rows in memory while they are merged.
    /// </summary>
    public const int MostDevices = 1000;

    private const int PageSize = 1000;

    /// <summary>The devices of a channel, in the order of their ids.</summary>
    /// <exception cref="ThingScaleException">RANGE_TOO_LARGE: they are more than <see cref="MostDevices"/>.</exception>
    public async Task<IReadOnlyList<DeviceTwin>> ListAsync(string tenant, int channel, CancellationToken cancellation)
    {
        var (page, cursor) = await devices.ListAsync(tenant, ThingScaleFragment.IsMappedTo(channel), null, MostDevices, null, cancellation);
        return cursor is null ? [.. page.Select(device => device.Value)] : throw ThingScaleError.RangeTooLarge.Refused();
    }

    /// <summary>The devices by channel: of all channels, or of one.</summary>
    public async Task<ILookup<int, DeviceTwin>> ListAllAsync(string tenant, int? channel, CancellationToken cancellation)
    {
        var filter = channel is { } one ? ThingScaleFragment.IsMappedTo(one) : ThingScaleFragment.IsMapped;
        var found = new List<DeviceTwin>();
        string? cursor = null;
        do
        {
            (var page, cursor) = await devices.ListAsync(tenant, filter, null, PageSize, cursor, cancellation);
            found.AddRange(page.Select(device => device.Value));
        } while (cursor is not null);

        return found
            .Where(twin => ThingScaleFragment.Of(twin).MappedChannel is not null)
            .ToLookup(twin => ThingScaleFragment.Of(twin).MappedChannel!.Value);
    }
}
