using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Series;

namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>Measurements as the API writes them.</summary>
internal static class MeasurementJson
{
    /// <summary>A measurement: {"self","time","id","source":{"self","id"},"type", fragments …}.</summary>
    public static JsonObject Of(Measurement measurement, SelfUrls urls)
    {
        var document = new JsonObject
        {
            ["self"] = urls.Of($"/measurement/measurements/{measurement.Id}"),
            ["time"] = Times.Of(measurement.Time),
            ["id"] = measurement.Id,
            ["source"] = new JsonObject { ["self"] = urls.ManagedObject(measurement.Device), ["id"] = measurement.Device },
            ["type"] = measurement.Type,
        };
        foreach (var (name, value) in measurement.Fragments)
        {
            document[name] = value?.DeepClone();
        }

        return document;
    }

    /// <summary>A change of the kind measurements as the measurement that it tells of: the message that the readings came with, or what they are without one of this API.</summary>
    public static Measurement Read(JsonObject change)
    {
        var device = (string)change["device"]!;
        var time = (long?)change["nanoseconds"] ?? Times.NanosecondsOf(change["time"]!.GetValue<DateTimeOffset>());
        if (
            change["message"] is JsonObject message
            && Measurement.Read(device, time, (string)message["form"]!, (string)message["text"]!) is { } kept
        )
        {
            return kept;
        }

        var fragments = new JsonObject();
        foreach (var (measurement, fields) in change["values"]!.AsObject())
        {
            var fragment = new JsonObject();
            foreach (var (field, value) in fields!.AsObject())
            {
                Add(fragment, field, value!, (string?)change["units"]?[measurement]?[field]);
            }

            fragments[measurement] = fragment;
        }

        return new Measurement(device, time, Measurement.Foreign, ForeignTypeOf(fragments), fragments);
    }

    /// <summary>The type of readings that came by another API: the measurement's name where there is one alone.</summary>
    public static string ForeignTypeOf(JsonObject fragments) => fragments.Count == 1 ? fragments.First().Key : Measurement.ForeignType;

    /// <summary>Adds a value of another API to its fragment: a number is a series {"value","unit"}, and what is none a member.</summary>
    public static void Add(JsonObject fragment, string field, JsonNode value, string? unit)
    {
        if (value.GetValueKind() != System.Text.Json.JsonValueKind.Number)
        {
            fragment[field] = value.DeepClone();
            return;
        }

        var quantity = new JsonObject { ["value"] = value.DeepClone() };
        if (!string.IsNullOrEmpty(unit))
        {
            quantity["unit"] = unit;
        }

        fragment[field] = quantity;
    }

    /// <summary>A field's value as JSON; a whole number of a float is written without a fraction.</summary>
    public static JsonValue ToNode(FieldValue value) =>
        value.Type switch
        {
            FieldType.Float => NumberOf(value.Float),
            FieldType.Integer => JsonValue.Create(value.Integer),
            FieldType.Boolean => JsonValue.Create(value.Boolean),
            _ => JsonValue.Create(value.Text),
        };

    /// <summary>A number with a fraction, be it .0: what is told of a series is of one type for each of its values, and clients look at it.</summary>
    public static JsonValue FractionOf(double value) =>
        value == Math.Floor(value) && Math.Abs(value) < LongestPlain && !(value == 0 && double.IsNegative(value))
            ? JsonValue.Create((decimal)value + 0.0m)
            : JsonValue.Create(value);

    // From here on a double is written with an exponent.
    private const double LongestPlain = 1e15;

    /// <summary>A number; one that a 53-bit integer holds is written as an integer.</summary>
    public static JsonValue NumberOf(double value) =>
        value == Math.Floor(value) && Math.Abs(value) < 1L << 53 && !(value == 0 && double.IsNegative(value))
            ? JsonValue.Create((long)value)
            : JsonValue.Create(value);
}
