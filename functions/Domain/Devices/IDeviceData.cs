namespace Serverless.Domain.Devices;

/// <summary>Something that is kept of devices beside their twins and series, and goes when a device does.</summary>
public interface IDeviceData
{
    /// <summary>Deletes what there is of a device; asked for again it deletes what is left. Nobody is told.</summary>
    Task EraseAsync(string tenant, DeviceTwin device, CancellationToken cancellation);
}
