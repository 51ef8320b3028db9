using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Http;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Time;

namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>A measurement as it was sent, read.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Time">Nanoseconds since 1970, or null where it has none.</param>
/// <param name="Form">Names its shape: a hash of its type and of the names in it.</param>
/// <param name="Readings">The values of its series.</param>
/// <param name="Kept">What is kept of it: {"type", fragments …}.</param>
internal sealed record ParsedMeasurement(string Type, long? Time, string Form, IReadOnlyList<Reading> Readings, JsonObject Kept);

/// <summary>Reads measurements (reference 1.5). A series is a member {"value": number, "unit"} of a fragment; of a fragment that has one nothing else is taken, and one that has none is kept as it is.</summary>
internal static class MeasurementParser
{
    private const int LongestName = 256;
    private static readonly string[] Own = ["id", "self", "source", "time", "type"];

    /// <summary>Reads a measurement; whose it is and when are the caller's matter where the body does not say.</summary>
    /// <exception cref="PayloadException">A member is wrong; the message names it.</exception>
    public static ParsedMeasurement Read(JsonObject body)
    {
        if (body["type"] is not JsonValue typeValue || !typeValue.TryGetValue<string>(out var type) || type.Length == 0)
        {
            throw new PayloadException("type is a string that is not empty.");
        }

        var (readings, kept) = (new List<Reading>(), new JsonObject { ["type"] = type });
        foreach (var (name, value) in body.Where(member => !Own.Contains(member.Key)))
        {
            CheckName(name);
            kept[name] = value is JsonObject fragment ? ReadFragment(name, fragment, readings) : value?.DeepClone();
        }

        return new ParsedMeasurement(type, ReadTime(body["time"]), FormOf(kept), readings, kept);
    }

    /// <summary>The text that is kept of it.</summary>
    public static string TextOf(ParsedMeasurement measurement)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonResponses.WriterOptions))
        {
            measurement.Kept.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    private static long? ReadTime(JsonNode? time) =>
        time is null ? null
        : time is JsonValue value && value.TryGetValue<string>(out var text) && Iso8601.TryParse(text, out var nanoseconds) ? nanoseconds
        : throw new PayloadException("time is a time in ISO 8601 between the years 1678 and 2261, such as 2020-03-19T12:03:27.845Z.");

    private static JsonObject ReadFragment(string name, JsonObject fragment, List<Reading> readings)
    {
        var series = new JsonObject();
        foreach (var (member, node) in fragment)
        {
            if (node is JsonObject quantity && quantity["value"] is JsonValue value && value.GetValueKind() == JsonValueKind.Number)
            {
                CheckName(member);
                var unit = quantity["unit"] is JsonValue text && text.TryGetValue<string>(out var told) && told.Length > 0 ? told : null;
                readings.Add(new Reading(name, member, NumberOf(value, name, member), Unit: unit));
                series[member] = QuantityOf(quantity, unit);
            }
        }

        return series.Count > 0 ? series : (JsonObject)fragment.DeepClone();
    }

    /// <summary>The series as it is kept: its number as it was written, its unit where it is one, and what else it has.</summary>
    private static JsonObject QuantityOf(JsonObject quantity, string? unit)
    {
        var kept = new JsonObject();
        foreach (var (name, value) in quantity.Where(member => member.Key != "unit" || unit is not null))
        {
            kept[name] = value?.DeepClone();
        }

        return kept;
    }

    private static FieldValue NumberOf(JsonValue value, string fragment, string series)
    {
        try
        {
            return JsonValues.ToField(value.GetValue<JsonElement>())!.Value;
        }
        catch (PayloadException)
        {
            throw new PayloadException($"{fragment}.{series}.value is larger than a 64-bit float holds.");
        }
    }

    private static void CheckName(string name)
    {
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > LongestName || name[0] == '$')
        {
            throw new PayloadException($"The name of a fragment or series has 1 to {LongestName} bytes and does not begin with $.");
        }
    }

    private static string FormOf(JsonObject kept)
    {
        var names = new List<string>();
        foreach (var (fragment, node) in kept)
        {
            names.Add(fragment == "type" ? $"{node}" : fragment + "\n" + string.Join('\r', MembersOf(node)));
        }

        names.Sort(1, names.Count - 1, StringComparer.Ordinal);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', names)));
        return Convert.ToHexStringLower(hash.AsSpan(0, 4));
    }

    private static IEnumerable<string> MembersOf(JsonNode? fragment) =>
        fragment is JsonObject members ? members.Select(member => member.Key).Order(StringComparer.Ordinal) : [];
}
