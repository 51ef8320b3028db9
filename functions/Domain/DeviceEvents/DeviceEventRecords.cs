using Serverless.Domain.Changes;
using Serverless.Domain.Devices;

namespace Serverless.Domain.DeviceEvents;

/// <summary>The events of a device, which go with it.</summary>
public sealed class DeviceEventRecords(EventDirectory events) : IDeviceRecords
{
    public Task EraseAsync(string tenant, string device, CancellationToken cancellation) =>
        events.DeleteManyAsync(tenant, new EventFilter { Sources = [device] }, Effects.All, cancellation);
}
