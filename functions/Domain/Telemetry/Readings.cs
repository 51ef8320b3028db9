using Serverless.Domain.Devices;
using Serverless.Domain.Series;

namespace Serverless.Domain.Telemetry;

/// <summary>One value out of a message.</summary>
/// <param name="Measurement">Its measurement.</param>
/// <param name="Field">Its field.</param>
/// <param name="Value">Its value.</param>
/// <param name="Time">Its own time in nanoseconds since 1970, or null for the message's.</param>
/// <param name="Unit">Its unit, where the message tells.</param>
public readonly record struct Reading(string Measurement, string Field, FieldValue Value, long? Time = null, string? Unit = null);

/// <summary>What a decoder found in one message. One object serves message after message: <see cref="Clear"/> empties it.</summary>
public sealed class Readings
{
    /// <summary>The field of a value that stands alone under its measurement's name.</summary>
    public const string ValueField = "value";

    private readonly List<Reading> values = [];
    private readonly List<DeviceLogLine> log = [];

    public IReadOnlyList<Reading> Values => values;

    /// <summary>Lines for the device's log; their source is filled in later.</summary>
    public IReadOnlyList<DeviceLogLine> Log => log;

    /// <summary>The device that the message says it is of, where that is told in the payload.</summary>
    public Guid? Subject { get; set; }

    public Health? Health { get; set; }

    public string? SerialNumber { get; set; }

    public string? Firmware { get; set; }

    public string? Hardware { get; set; }

    public void Add(Reading reading) => values.Add(reading);

    public void Add(DeviceLogLine line) => log.Add(line);

    public void Clear()
    {
        values.Clear();
        log.Clear();
        Subject = null;
        Health = null;
        SerialNumber = Firmware = Hardware = null;
    }

    internal bool ChangesTwin => Health is not null || SerialNumber is not null || Firmware is not null || Hardware is not null;
}

/// <summary>A message that cannot be read, and why. It goes to the dead letters whole.</summary>
public sealed class PayloadException(string reason) : Exception(reason);

/// <summary>Reads one form of payload. Decoders are asked in order; the first that knows the form decodes it.</summary>
public interface IPayloadDecoder
{
    /// <returns>False where the payload is not of this decoder's form; nothing is added then.</returns>
    /// <exception cref="PayloadException">It is of this form, but cannot be read.</exception>
    bool TryDecode(DeviceMessage message, Readings readings);
}
