namespace Serverless.Domain.Devices;

/// <summary>Data that belongs to devices beside their series, and goes with them.</summary>
public interface IDeviceData
{
    /// <summary>Erases what is of a device; again erases nothing more. Nobody is told: that the device is gone is told.</summary>
    Task EraseAsync(string tenant, string device, CancellationToken cancellation);
}
