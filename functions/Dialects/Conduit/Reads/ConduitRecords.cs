using System.Text.Json;
using Serverless.Dialects.Conduit.Uplinks;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Conduit.Reads;

/// <summary>Data points as Conduit's records.</summary>
internal static class ConduitRecords
{
    /// <summary>The full record of V6, members in the seed's order ("Expected Response").</summary>
    public static void WriteFull(Utf8JsonWriter writer, ConduitPoint point)
    {
        writer.WriteStartObject();
        writer.WriteNumber("val_date", SecondRange.SecondsOf(point.Time));
        WriteRest(
            writer,
            point.Of,
            name => point.WriteValue(writer, name),
            name =>
            {
                if (point.Of.IsPlain)
                {
                    point.WriteValue(writer, name);
                }
                else
                {
                    WriteNumber(writer, name, point.Of.Calibrate(point.Number));
                }
            }
        );
    }

    /// <summary>The full record of an aggregated value (V7). The vendor's form is not known: it is that of V6, the date that of the group's begin [I].</summary>
    public static void WriteAggregate(Utf8JsonWriter writer, ConduitChannel of, long second, double raw, double calibrated)
    {
        writer.WriteStartObject();
        writer.WriteNumber("val_date", second);
        WriteRest(writer, of, name => WriteNumber(writer, name, raw), name => WriteNumber(writer, name, calibrated));
    }

    /// <summary>The minimal record of V4; its timestamp is a text, its value not calibrated [I].</summary>
    public static void WriteMinimal(Utf8JsonWriter writer, ConduitPoint point)
    {
        writer.WriteStartObject();
        writer.WriteNumber("channel", point.Of.Channel.Number);
        writer.WriteString("networkID", point.Of.Device.NameIn(ConduitPayloadDecoder.NetworkId));
        point.WriteValue(writer, "value");
        writer.WriteString("timestamp", SecondRange.SecondsOf(point.Time).ToString());
        writer.WriteEndObject();
    }

    private static void WriteRest(Utf8JsonWriter writer, ConduitChannel of, Action<string> writeRaw, Action<string> writeCalibrated)
    {
        var (device, channel) = (of.Device, of.Channel);
        var metadata = new ConduitMetadata(device);
        writer.WriteString("dev_netid", device.NameIn(ConduitPayloadDecoder.NetworkId));
        writer.WriteNumber("dev_chid", channel.Number);
        writeRaw("val_raw");
        writer.WriteString("val_type", channel.Type ?? TypeOf(channel));
        writer.WriteString("dev_tag", device.Name);
        writer.WriteString("val_description", channel.Description);
        writer.WriteString("dev_site", metadata.Text("site"));
        writer.WriteNumber("val_cal", of.Calibration);
        writer.WriteNumber("val_offset", channel.Offset);
        writer.WriteNumber("dev_error", metadata.Error);
        writer.WriteString("dev_type", device.Type ?? "device");
        writer.WriteString("dev_label", metadata.Label);
        writer.WriteString("dev_category", metadata.Text("category"));
        writer.WriteString("dev_powersource", metadata.Text("powersource"));
        writer.WriteString("dev_manufacturer", metadata.Text("manufacturer"));
        writer.WriteString("dev_supplier", metadata.Text("supplier"));
        writer.WriteString("dev_model", metadata.Text("model"));
        writer.WriteString("dev_serial", device.SerialNumber);
        writer.WriteString("dev_network", metadata.Text("network"));
        WriteNumber(writer, "loc_lat", device.Location?.Latitude);
        WriteNumber(writer, "loc_lng", device.Location?.Longitude);
        writeCalibrated("val_calibrated");
        writer.WriteEndObject();
    }

    /// <summary>A channel that nobody has given a type has that of its measurement [I].</summary>
    private static string TypeOf(Channel channel) =>
        channel.Field == Readings.ValueField ? channel.Measurement : $"{channel.Measurement}.{channel.Field}";

    /// <summary>A sum may leave the numbers; JSON has none for that.</summary>
    private static void WriteNumber(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
