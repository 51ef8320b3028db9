using Serverless.Domain.Devices;

namespace Serverless.Domain.Telemetry;

/// <summary>What a batch of messages changes on one twin: gathered first, applied once.</summary>
internal sealed class TwinUpdate(KnownDevice device)
{
    private readonly Dictionary<(string Measurement, string Field), (string? Unit, int? Number)> channels = [];
    private Health? health;
    private (string Text, DateTimeOffset Time)? serial;
    private (string Text, DateTimeOffset Time)? firmware;
    private (string Text, DateTimeOffset Time)? hardware;

    /// <summary>New channels a device may have; what else it sends is stored, but has no number.</summary>
    public const int MostChannels = 2000;

    // Conduit's devices use these numbers for voltage, signal, message and error: no other reading gets one of them.
    private const int FirstReserved = 252;
    private const int LastReserved = 255;

    public KnownDevice Device { get; } = device;

    /// <summary>When the device was last heard of; the default where it was not.</summary>
    public DateTimeOffset LastMessage { get; set; }

    /// <summary>The time of the newest message that changes the twin.</summary>
    public DateTimeOffset Time { get; set; }

    /// <summary>Takes the time of a message.</summary>
    public void TakeTime(DateTimeOffset time, bool isHeartbeat)
    {
        Time = Time > time ? Time : time;
        LastMessage = isHeartbeat && time > LastMessage ? time : LastMessage;
    }

    public void Take(Readings readings, DateTimeOffset time)
    {
        if (readings.Health is { } told && (health is null || told.Time >= health.Time))
        {
            health = told;
        }

        serial = Newer(serial, readings.SerialNumber, time);
        firmware = Newer(firmware, readings.Firmware, time);
        hardware = Newer(hardware, readings.Hardware, time);
    }

    public void TakeChannel(in Reading reading)
    {
        var name = (reading.Measurement, reading.Field);
        if (reading.Unit is not null || !channels.ContainsKey(name))
        {
            channels[name] = (reading.Unit, reading.Channel);
        }
    }

    /// <summary>The twin with what the batch told: nothing that it did not tell is touched, and nothing older replaces what is newer.</summary>
    public DeviceTwin Apply(DeviceTwin twin) =>
        twin with
        {
            Health = health is not null && (twin.Health is null || health.Time >= twin.Health.Time) ? health : twin.Health,
            SerialNumber = Newer(twin.SerialNumber, serial, twin.InformationTime),
            Firmware = Newer(twin.Firmware, firmware, twin.InformationTime),
            Hardware = Newer(twin.Hardware, hardware, twin.InformationTime),
            InformationTime = new[] { twin.InformationTime, serial?.Time, firmware?.Time, hardware?.Time }.Max(),
            LastMessage = LastMessage == default || twin.LastMessage > LastMessage ? twin.LastMessage : LastMessage,
            Channels = channels.Count == 0 ? twin.Channels : AddChannels(twin.Channels),
        };

    /// <summary>Whether the change is more than the time of the last message, which nobody is told of.</summary>
    public static bool IsWorthTelling(DeviceTwin before, DeviceTwin after) => before with { LastMessage = after.LastMessage } != after;

    private static (string, DateTimeOffset)? Newer((string Text, DateTimeOffset Time)? known, string? told, DateTimeOffset time) =>
        told is null || known?.Time > time ? known : (told, time);

    private static string? Newer(string? known, (string Text, DateTimeOffset Time)? told, DateTimeOffset? since) =>
        told is var (text, time) && (known is null || since is null || time >= since) ? text : known;

    /// <returns>The channels with those that came, the same list where nothing is new.</returns>
    private IReadOnlyList<Channel> AddChannels(IReadOnlyList<Channel> existing)
    {
        var result = existing.ToList();
        var places = existing.Index().ToDictionary(item => (item.Item.Measurement, item.Item.Field), item => item.Index);
        var taken = existing.Select(channel => channel.Number).ToHashSet();
        var next = 1 + taken.Where(number => number is < FirstReserved or > LastReserved).DefaultIfEmpty().Max();
        var changed = false;
        foreach (var (name, (unit, wanted)) in channels)
        {
            if (places.TryGetValue(name, out var place))
            {
                changed |= unit is not null && unit != result[place].Unit;
                result[place] = result[place] with { Unit = unit ?? result[place].Unit };
            }
            else if (result.Count < MostChannels)
            {
                changed = true;
                var number = wanted ?? 0;
                if (wanted is null || !taken.Add(number))
                {
                    while (!taken.Add(next) || next is >= FirstReserved and <= LastReserved)
                    {
                        next++;
                    }

                    number = next;
                }

                result.Add(new Channel(number, name.Measurement, name.Field) { Unit = unit });
            }
        }

        return changed ? result : existing;
    }
}
