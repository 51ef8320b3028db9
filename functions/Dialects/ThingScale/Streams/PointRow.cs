using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.TimeSeries;

namespace Serverless.Dialects.ThingScale.Streams;

/// <summary>
/// The JSON object that a device's points of one time would have been, had it come by this API: what <see cref="JsonValues"/> does, backwards.
/// </summary>
internal static class PointRow
{
    /// <param name="points">Points of one time; messages as they were sent are left out.</param>
    /// <returns>The object, or null where no point is left.</returns>
    public static JsonElement? Of(IEnumerable<HistoryValue> points)
    {
        var root = new JsonObject();
        foreach (var group in points.Where(point => point.Measurement != Readings.MessageMeasurement).GroupBy(point => point.Measurement))
        {
            var fields = group.ToList();
            if (fields is [{ Field: Readings.ValueField } alone])
            {
                root[group.Key] = ToNode(alone.Value);
                continue;
            }

            var member = new JsonObject();
            foreach (var point in fields)
            {
                Set(member, point.Field, ToNode(point.Value));
            }

            root[group.Key] = member;
        }

        return root.Count == 0 ? null : Parsed(root);
    }

    /// <summary>Sets a member, whose name's dots stand for objects within one another; where one of those is a value itself the name stays whole.</summary>
    private static void Set(JsonObject member, string field, JsonNode? value)
    {
        var (parent, rest) = (member, field);
        while (rest.IndexOf('.') is > 0 and var dot && dot < rest.Length - 1)
        {
            var (head, tail) = (rest[..dot], rest[(dot + 1)..]);
            if (parent[head] is null)
            {
                parent[head] = new JsonObject();
            }

            if (parent[head] is not JsonObject next)
            {
                break;
            }

            (parent, rest) = (next, tail);
        }

        if (parent[rest] is JsonObject)
        {
            member[field] = value;
        }
        else
        {
            parent[rest] = value;
        }
    }

    private static JsonElement Parsed(JsonObject root)
    {
        using var document = JsonDocument.Parse(root.ToJsonString());
        return document.RootElement.Clone();
    }

    private static JsonValue ToNode(FieldValue value) =>
        value.Type switch
        {
            FieldType.Float => JsonValue.Create(value.Float),
            FieldType.Integer => JsonValue.Create(value.Integer),
            FieldType.Boolean => JsonValue.Create(value.Boolean),
            _ => JsonValue.Create(value.Text),
        };
}
