using System.Text;

namespace Serverless.Acceptance.Tests.FunctionsHost;

/// <summary>A message of IoT Hub's built-in endpoint, as the Event Hubs trigger has it.</summary>
internal sealed record HostEvent(string DeviceId, byte[] Body, long SequenceNumber)
{
    private static readonly DateTime TestRun = DateTime.UtcNow;

    /// <summary>In UTC. It is some minutes ago: what cannot be taken is kept for some weeks from then on.</summary>
    public DateTime Enqueued { get; init; } = TestRun.AddMinutes(-5);

    public string Source { get; init; } = "Telemetry";

    /// <summary>The message's own properties, beside those that every message of these tests has.</summary>
    public IReadOnlyList<(string Name, string Value)> Properties { get; init; } = [];

    public static HostEvent Of(string deviceId, string body, long sequenceNumber = 0) =>
        new(deviceId, Encoding.UTF8.GetBytes(body), sequenceNumber);
}
