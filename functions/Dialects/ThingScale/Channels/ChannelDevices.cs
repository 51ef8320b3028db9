using Serverless.Dialects.ThingScale.Devices;
using Serverless.Dialects.ThingScale.Requests;
using Serverless.Dialects.ThingScale.Streams;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.ThingScale.Channels;

/// <summary>Which devices are mapped to a channel, and what they have done.</summary>
internal sealed class ChannelDevices(DeviceDirectory devices, LastRows last)
{
    /// <summary>
    /// Devices whose rows are read together: more of one channel are refused, for each holds a part of its rows in memory while they are merged.
    /// </summary>
    public const int MostDevices = 1000;

    private const int PageSize = 200;

    /// <summary>The devices of a channel, in the order of their ids.</summary>
    /// <exception cref="ThingScaleException">RANGE_TOO_LARGE: they are more than <see cref="MostDevices"/>.</exception>
    public async Task<IReadOnlyList<DeviceTwin>> ListAsync(string tenant, int channel, CancellationToken cancellation)
    {
        var (page, cursor) = await devices.ListAsync(tenant, ThingScaleFragment.IsMappedTo(channel), null, MostDevices, null, cancellation);
        return cursor is null ? [.. page.Select(device => device.Value)] : throw ThingScaleError.RangeTooLarge.Refused();
    }

    /// <summary>
    /// What the devices of each channel have done: of all channels, or of one. However many devices there are, a page of them is held at a time.
    /// </summary>
    public async Task<IReadOnlyDictionary<int, Activity>> ObserveAsync(
        string tenant,
        int? channel,
        bool withTags,
        CancellationToken cancellation
    )
    {
        var filter = channel is { } one ? ThingScaleFragment.IsMappedTo(one) : ThingScaleFragment.IsMapped;
        var found = new Dictionary<int, Activity>();
        string? cursor = null;
        do
        {
            (var page, cursor) = await devices.ListAsync(tenant, filter, null, PageSize, cursor, cancellation);
            foreach (var device in page)
            {
                if (ThingScaleFragment.Of(device.Value).MappedChannel is { } mapped)
                {
                    if (!found.TryGetValue(mapped, out var activity))
                    {
                        found[mapped] = activity = new Activity();
                    }

                    await last.AddAsync(tenant, device.Value, withTags, activity, cancellation);
                }
            }
        } while (cursor is not null);

        return found;
    }
}
