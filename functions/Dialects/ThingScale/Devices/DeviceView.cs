using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.ThingScale.Requests;
using Serverless.Domain.Devices;
using Serverless.Domain.Time;

namespace Serverless.Dialects.ThingScale.Devices;

/// <summary>A device as this API shows it (dev.thingscale.io, Device service; the edge agent's README for state; the seed for enable).</summary>
internal static class DeviceView
{
    /// <summary>Writes one element of the answer's array.</summary>
    /// <remarks>
    /// [I] A device that is mapped to no channel has mapped_ch null, one that never published its state an empty one, and one that came by another API its
    /// name as description. The seed's "enable":"true" stands beside
    /// v2's "enabled":true, so that clients of either read theirs.
    /// </remarks>
    public static void Write(Utf8JsonWriter writer, DeviceTwin twin, LocalTimes times)
    {
        var (id, fragment) = (twin.NameIn(ThingScaleFragment.Name), ThingScaleFragment.Of(twin));
        writer.WriteStartObject();
        writer.WriteString("device_id", id);
        writer.WriteString("description", fragment.Description ?? (twin.Name == id ? "" : twin.Name));
        writer.WriteString("enable", twin.Enabled ? "true" : "false");
        writer.WriteBoolean("enabled", twin.Enabled);
        if (fragment.MappedChannel is { } channel)
        {
            writer.WriteNumber("mapped_ch", channel);
        }
        else
        {
            writer.WriteNull("mapped_ch");
        }

        writer.WriteString("device_type", twin.Type ?? "");
        writer.WriteString("location", fragment.Location ?? "");
        writer.WriteString("manufacturer", fragment.Manufacturer ?? "");
        writer.WriteString("activate_at", times.Extended(twin.Created));
        writer.WritePropertyName("state");
        WriteState(writer, fragment.State ?? [], times);
        writer.WriteEndObject();
    }

    private static void WriteState(Utf8JsonWriter writer, JsonObject state, LocalTimes times)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in state)
        {
            if (name != ThingScaleFragment.LastUpdate)
            {
                writer.WritePropertyName(name);
                if (value is null)
                {
                    writer.WriteNullValue();
                }
                else
                {
                    value.WriteTo(writer);
                }
            }
        }

        if (
            state[ThingScaleFragment.LastUpdate] is JsonValue stamp
            && stamp.TryGetValue<string>(out var text)
            && Iso8601.TryParse(text, out var nanoseconds)
        )
        {
            writer.WriteString(ThingScaleFragment.LastUpdate, times.Extended(DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100)));
        }

        writer.WriteEndObject();
    }
}
