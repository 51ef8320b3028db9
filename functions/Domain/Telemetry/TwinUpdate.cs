using Serverless.Domain.Devices;

namespace Serverless.Domain.Telemetry;

/// <summary>What a batch of messages changes on one twin: gathered first, applied once.</summary>
internal sealed class TwinUpdate(KnownDevice device)
{
    private readonly Dictionary<(string Measurement, string Field), string?> channels = [];
    private Health? health;
    private string? serial;
    private string? firmware;
    private string? hardware;

    /// <summary>New channels a device may have; what else it sends is stored, but has no number.</summary>
    public const int MostChannels = 2000;

    public KnownDevice Device { get; } = device;

    public DateTimeOffset LastMessage { get; set; }

    public void Take(Readings readings)
    {
        if (readings.Health is { } told && (health is null || told.Time >= health.Time))
        {
            health = told;
        }

        serial = readings.SerialNumber ?? serial;
        firmware = readings.Firmware ?? firmware;
        hardware = readings.Hardware ?? hardware;
    }

    public void TakeChannel(in Reading reading)
    {
        var name = (reading.Measurement, reading.Field);
        if (reading.Unit is not null || !channels.ContainsKey(name))
        {
            channels[name] = reading.Unit;
        }
    }

    /// <summary>The twin with what the batch told: nothing that it did not tell is touched, and nothing older replaces what is newer.</summary>
    public DeviceTwin Apply(DeviceTwin twin) =>
        twin with
        {
            Health = health is not null && (twin.Health is null || health.Time >= twin.Health.Time) ? health : twin.Health,
            SerialNumber = serial ?? twin.SerialNumber,
            Firmware = firmware ?? twin.Firmware,
            Hardware = hardware ?? twin.Hardware,
            LastMessage = twin.LastMessage is { } last && last > LastMessage ? last : LastMessage,
            Channels = channels.Count == 0 ? twin.Channels : AddChannels(twin.Channels),
        };

    /// <summary>Whether the change is more than the time of the last message, which nobody is told of.</summary>
    public static bool IsWorthTelling(DeviceTwin before, DeviceTwin after) => before with { LastMessage = after.LastMessage } != after;

    private List<Channel> AddChannels(IReadOnlyList<Channel> existing)
    {
        var result = existing.ToList();
        var number = existing.Count == 0 ? 0 : existing.Max(channel => channel.Number);
        foreach (var ((measurement, field), unit) in channels)
        {
            var index = result.FindIndex(channel => channel.Measurement == measurement && channel.Field == field);
            if (index >= 0)
            {
                result[index] = result[index] with { Unit = unit ?? result[index].Unit };
            }
            else if (result.Count < MostChannels)
            {
                result.Add(new Channel(++number, measurement, field) { Unit = unit });
            }
        }

        return result;
    }
}
