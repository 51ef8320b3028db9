using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;

namespace Serverless.Domain.Telemetry;

/// <summary>One value out of a message.</summary>
/// <param name="Measurement">Its measurement.</param>
/// <param name="Field">Its field.</param>
/// <param name="Value">Its value.</param>
/// <param name="Time">Its own time in nanoseconds since 1970, or null for the message's.</param>
/// <param name="Unit">Its unit, where the message tells.</param>
/// <param name="Channel">The number that its channel gets where it is new and the number is free; null for the next one.</param>
public readonly record struct Reading(
    string Measurement,
    string Field,
    FieldValue Value,
    long? Time = null,
    string? Unit = null,
    int? Channel = null
);

/// <summary>What a decoder found in one message. One object serves message after message: <see cref="Clear"/> empties it.</summary>
public sealed class Readings
{
    /// <summary>The field of a value that stands alone under its measurement's name.</summary>
    public const string ValueField = "value";

    /// <summary>
    /// The measurement of messages as they were sent, for the dialects that give them back whole: a field for each form of message, its value the text. It is stored like any other, but has no
    /// channel and is no change of its own.
    /// </summary>
    public const string MessageMeasurement = "$message";

    private readonly List<Reading> values = [];
    private readonly List<DeviceLogLine> log = [];
    private readonly List<CommandEcho> echoes = [];

    public IReadOnlyList<Reading> Values => values;

    /// <summary>Lines for the device's log; their source is filled in later.</summary>
    public IReadOnlyList<DeviceLogLine> Log => log;

    /// <summary>What came of commands.</summary>
    public IReadOnlyList<CommandEcho> Echoes => echoes;

    /// <summary>The device that the message says it is of, where that is told in the payload.</summary>
    public ExternalId? Subject { get; set; }

    /// <summary>Whether the kept message is a reading of its own: it is told to whoever listens for readings even where it holds no value.</summary>
    public bool TellsMessage { get; set; }

    public Health? Health { get; set; }

    public string? SerialNumber { get; set; }

    public string? Firmware { get; set; }

    public string? Hardware { get; set; }

    public void Add(Reading reading) => values.Add(reading);

    public void Add(DeviceLogLine line) => log.Add(line);

    public void Add(CommandEcho echo) => echoes.Add(echo);

    public void Clear()
    {
        values.Clear();
        log.Clear();
        echoes.Clear();
        Subject = null;
        TellsMessage = false;
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
    /// <param name="message">The message.</param>
    /// <param name="sender">The device that sent it, for forms whose meaning is in its channel map.</param>
    /// <param name="readings">What is found goes there.</param>
    /// <returns>False where the payload is not of this decoder's form; nothing is added then.</returns>
    /// <exception cref="PayloadException">It is of this form, but cannot be read.</exception>
    bool TryDecode(DeviceMessage message, DeviceTwin sender, Readings readings);
}

/// <summary>Takes one form of message apart that holds several, of several devices; each goes its own way then, and one that cannot be read is a dead letter alone.</summary>
public interface IMessageSplitter
{
    /// <returns>The messages in it, or null where it is not of this splitter's form.</returns>
    IReadOnlyList<DeviceMessage>? Split(DeviceMessage message);
}
