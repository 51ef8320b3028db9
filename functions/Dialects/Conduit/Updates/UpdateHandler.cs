using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Conduit.Reads;
using Serverless.Dialects.Conduit.Uplinks;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Series;
using Serverless.Domain.Tenants;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Conduit.Updates;

/// <summary>
/// PUT and DELETE of /conduitv6/?id=&amp;ch=: the seed has the methods but not their bodies, so that all of this is [I]. PUT changes a device's metadata, and a channel's where ch is given; DELETE takes away
/// the points of channels between fcdt and tcdt, or the channels whole where there is no range.
/// </summary>
internal sealed class UpdateHandler(DeviceDirectory devices, DeviceService service, SeriesStore series)
{
    public async Task PutAsync(HttpContext context, ConduitCaller caller)
    {
        Require(caller);
        var query = ConduitQuery.Read(context.Request.Query);
        var body = await RequestJson.ReadAsync(context.Request, context.RequestAborted);
        var change = new DeviceChange(body);
        change.Check();
        if (query.Channels.Count > 1 || (change.ChangesChannel && query.Channels.Count == 0))
        {
            throw DomainException.Invalid("ch", "ch names the one channel whose members are changed.");
        }

        var device = await FindAsync(caller, query, context.RequestAborted);
        int? channel = query.Channels.Count == 1 ? query.Channels.First() : null;
        await service.UpdateAsync(caller.Caller.Tenant, device.Value.Id, twin => change.Apply(twin, channel), null, context.RequestAborted);
        await ConduitErrors.WriteDoneAsync(context);
    }

    public async Task DeleteAsync(HttpContext context, ConduitCaller caller)
    {
        Require(caller);
        var query = ConduitQuery.Read(context.Request.Query);
        if (query.Channels.Count == 0)
        {
            throw DomainException.Invalid("ch", "ch names the channels to delete.");
        }

        // A range that is none must not delete what it was to keep.
        var isRange = context.Request.Query.ContainsKey("fcdt") || context.Request.Query.ContainsKey("tcdt");
        var range = SecondRange.Read(context.Request.Query);
        if (isRange && range is null)
        {
            throw DomainException.Invalid("fcdt", "fcdt and tcdt are seconds since 1970, both or none, in their order.");
        }

        var device = (await FindAsync(caller, query, context.RequestAborted)).Value;
        var channels = ChannelsOf(device, query);
        foreach (var measurement in channels.Select(channel => channel.Measurement).Distinct())
        {
            await series.DeleteAsync(
                caller.Caller.Tenant,
                Tenant.DeviceDatabase,
                new SeriesSelector(measurement, TagSet.Of(Tenant.DeviceTag, device.Uuid.ToString())),
                range?.FromNs ?? long.MinValue,
                range?.ToNs ?? long.MaxValue,
                context.RequestAborted
            );
        }

        if (!isRange)
        {
            await service.UpdateAsync(caller.Caller.Tenant, device.Id, twin => Without(twin, query.Channels), null, context.RequestAborted);
        }

        await ConduitErrors.WriteDoneAsync(context);
    }

    private static void Require(ConduitCaller caller)
    {
        caller.Require(ConduitService.Http);
        caller.RequireWrite();
    }

    private static DeviceTwin Without(DeviceTwin twin, IReadOnlySet<int> numbers) =>
        twin with
        {
            Channels = [.. twin.Channels.Where(channel => !numbers.Contains(channel.Number))],
        };

    private async Task<Stored<DeviceTwin>> FindAsync(ConduitCaller caller, ConduitQuery query, CancellationToken cancellation) =>
        query.Ids is not [var id] ? throw DomainException.Invalid("id", "id names the one device.")
        : await devices.FindByNameAsync(caller.Caller.Tenant, ConduitPayloadDecoder.NetworkId, id, cancellation) is { } device ? device
        : throw DomainException.NotFound($"device '{id}'");

    /// <summary>The channels to delete. The fields of a measurement are one series, whose points end together: it is deleted with all of its channels or not at all.</summary>
    private static List<Channel> ChannelsOf(DeviceTwin device, ConduitQuery query)
    {
        var channels = device.Channels.Where(channel => query.Channels.Contains(channel.Number)).ToList();
        if (
            query.Channels.Except(channels.Select(channel => channel.Number)).Order().Select(number => (int?)number).FirstOrDefault() is
            { } missing
        )
        {
            throw DomainException.NotFound($"channel {missing}");
        }

        var measurements = channels.Select(channel => channel.Measurement).ToHashSet();
        var together = device
            .Channels.Where(channel => measurements.Contains(channel.Measurement))
            .Select(channel => channel.Number)
            .Order()
            .ToList();
        return together.Count == channels.Count
            ? channels
            : throw DomainException.Invalid("ch", $"These channels are of one series and end together: ch={string.Join(',', together)}.");
    }
}
