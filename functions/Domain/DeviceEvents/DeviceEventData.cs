using Serverless.Domain.Changes;
using Serverless.Domain.Devices;

namespace Serverless.Domain.DeviceEvents;

/// <summary>The events of a device, with their files.</summary>
public sealed class DeviceEventData(EventDirectory events) : IDeviceData
{
    public Task EraseAsync(string tenant, DeviceTwin device, CancellationToken cancellation) =>
        events.DeleteManyAsync(tenant, new EventFilter { Sources = [device.Id] }, Effects.Store, cancellation);
}
