using System.Text;

namespace Serverless.Acceptance.Tests.FunctionsHost;

/// <summary>A message of IoT Hub's built-in endpoint, as the Event Hubs trigger has it.</summary>
internal sealed record HostEvent(string DeviceId, byte[] Body, long SequenceNumber)
{
    public DateTime Enqueued { get; init; } = new(2026, 8, 1, 12, 34, 56, DateTimeKind.Unspecified);

    public string Source { get; init; } = "Telemetry";

    public static HostEvent Of(string deviceId, string body, long sequenceNumber = 0) =>
        new(deviceId, Encoding.UTF8.GetBytes(body), sequenceNumber);
}
