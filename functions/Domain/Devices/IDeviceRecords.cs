namespace Serverless.Domain.Devices;

/// <summary>What is kept of devices beside their twins and series, such as alarms: it goes with its device.</summary>
public interface IDeviceRecords
{
    /// <summary>Erases what is kept of a device. The twin is left as it is; again erases what has come since.</summary>
    Task EraseAsync(string tenant, string device, CancellationToken cancellation);
}
