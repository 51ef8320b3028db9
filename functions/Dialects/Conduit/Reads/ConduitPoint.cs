using System.Text.Json;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;

namespace Serverless.Dialects.Conduit.Reads;

/// <summary>A device's channel and its calibration.</summary>
/// <param name="Device">The device.</param>
/// <param name="Channel">The channel.</param>
internal sealed record ConduitChannel(DeviceTwin Device, Channel Channel)
{
    /// <summary>val_cal: 0 where readings are not multiplied, which a twin's calibration of 1 (or 0) is; else the factor. Its effect is [I], the vendor's pages only show 0.</summary>
    public double Calibration => CalibrationOf(Channel.Calibration);

    /// <summary>The reading times the factor, plus the offset.</summary>
    public double Calibrate(double raw) => (raw * FactorOf(Calibration)) + Channel.Offset;

    /// <summary>Whether a calibrated reading is the reading itself.</summary>
    public bool IsPlain => Calibration == 0 && Channel.Offset == 0;

    /// <summary>The val_cal of a twin's factor.</summary>
    public static double CalibrationOf(double factor) => factor == 1 ? 0 : factor;

    /// <summary>The twin's factor of a val_cal.</summary>
    public static double FactorOf(double calibration) => calibration == 0 ? 1 : calibration;
}

/// <summary>A data point.</summary>
/// <param name="Of">Its channel.</param>
/// <param name="Time">Nanoseconds since 1970.</param>
/// <param name="Value">A number or a boolean.</param>
internal readonly record struct ConduitPoint(ConduitChannel Of, long Time, FieldValue Value)
{
    /// <summary>The value as a number; a boolean is 1 or 0.</summary>
    public double Number =>
        Value.Type switch
        {
            FieldType.Float => Value.Float,
            FieldType.Integer => Value.Integer,
            _ => Value.Boolean ? 1 : 0,
        };

    /// <summary>Writes the value, a whole number with all its digits.</summary>
    public void WriteValue(Utf8JsonWriter writer, string name)
    {
        if (Value.Type == FieldType.Integer)
        {
            writer.WriteNumber(name, Value.Integer);
        }
        else
        {
            writer.WriteNumber(name, Number);
        }
    }
}
