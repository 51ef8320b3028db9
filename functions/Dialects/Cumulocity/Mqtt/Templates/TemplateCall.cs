using System.Globalization;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Mqtt.Devices;
using Serverless.Dialects.Cumulocity.Mqtt.SmartRest;
using Serverless.Domain.Time;

namespace Serverless.Dialects.Cumulocity.Mqtt.Templates;

/// <summary>One row on its way through a template: its values by position from 1 up, and the door of its message.</summary>
internal sealed class TemplateCall(SmartRestRow row, DeviceDoor door)
{
    public SmartRestRow Row => row;

    public DeviceDoor Door => door;

    /// <summary>A value, or null where it is empty.</summary>
    public string? Optional(int position) => row[position] is { Length: > 0 } value ? value : null;

    /// <exception cref="SmartRestException">It is empty.</exception>
    public string Text(int position, string name) => Optional(position) ?? throw Wrong($"Value {position} is missing: {name} is mandatory");

    /// <exception cref="SmartRestException">It is empty or no number.</exception>
    public JsonNode Number(int position, string name) => ToNumber(Text(position, name), name);

    /// <summary>A number, or null where the value is empty.</summary>
    /// <exception cref="SmartRestException">It is no number.</exception>
    public JsonNode? OptionalNumber(int position, string name) => Optional(position) is { } text ? ToNumber(text, name) : null;

    /// <summary>A time as it was sent, else now.</summary>
    /// <exception cref="SmartRestException">It is no time.</exception>
    public string Time(int position) => Optional(position) is { } text ? ToTime(text) : Format(door.Now());

    /// <exception cref="SmartRestException">It is no time.</exception>
    public string ToTime(string text) => Iso8601.TryParse(text, out _) ? text : throw Wrong($"Value is not a DATE: {Short(text)}");

    /// <exception cref="SmartRestException">It is no number.</exception>
    public JsonNode ToNumber(string text, string name) =>
        TemplateValues.Number(text) ?? throw Wrong($"Value is not a NUMBER: {Short(text)} ({name})");

    /// <summary>The values from a position on that are not empty, as an array.</summary>
    public JsonArray List(int position) =>
        [.. row.From(position).Where(value => value.Length > 0).Select(value => JsonValue.Create(value))];

    /// <summary>The values from a position on as objects with these members in turn; what is empty is left out.</summary>
    public JsonArray Objects(int position, params string[] members)
    {
        var array = new JsonArray();
        foreach (var chunk in row.From(position).Chunk(members.Length))
        {
            array.Add(TemplateValues.Object(members.Zip(chunk)));
        }

        return array;
    }

    public SmartRestException Wrong(string message) => new(SmartRestError.Arguments, row.Id, message);

    public SmartRestException Refused(string message) => new(SmartRestError.Refused, row.Id, message);

    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static string Short(string text) => text.Length <= 64 ? text : text[..64];
}

/// <summary>Values of rows as JSON.</summary>
internal static class TemplateValues
{
    /// <summary>A finite number, whole where it is written so, or null where the text is none.</summary>
    public static JsonNode? Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? JsonValue.Create(whole)
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? JsonValue.Create(number)
        : null;

    /// <summary>An object of the members that are not empty.</summary>
    public static JsonObject Object(IEnumerable<(string Name, string Value)> members)
    {
        var made = new JsonObject();
        foreach (var (name, value) in members)
        {
            if (value.Length > 0)
            {
                made[name] = value;
            }
        }

        return made;
    }

    /// <summary>Sets what a path of names leads to, with dots between them and $. before them or not; the objects on the way are made.</summary>
    /// <returns>False where the path has an empty name, or leads through a value.</returns>
    public static bool TrySet(JsonObject target, string path, JsonNode? value)
    {
        var names = (path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path).Split('.');
        if (names.Any(name => name.Length == 0))
        {
            return false;
        }

        foreach (var name in names[..^1])
        {
            if (!target.TryGetPropertyValue(name, out var next))
            {
                target[name] = next = new JsonObject();
            }

            if (next is not JsonObject deeper)
            {
                return false;
            }

            target = deeper;
        }

        target[names[^1]] = value;
        return true;
    }
}
