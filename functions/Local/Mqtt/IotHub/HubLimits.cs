namespace Serverless.Local.Mqtt.IotHub;

/// <summary>IoT Hub's sizes.</summary>
internal static class HubLimits
{
    /// <summary>The largest message from a device: payload and properties.</summary>
    public const int TelemetryBytes = 256 * 1024;

    /// <summary>The largest message to a device.</summary>
    public const int DeviceboundBytes = 64 * 1024;

    /// <summary>The most filters of one SUBSCRIBE, as of all subscriptions of a device; the ones beyond are refused.</summary>
    public const int Subscriptions = 5;
}
