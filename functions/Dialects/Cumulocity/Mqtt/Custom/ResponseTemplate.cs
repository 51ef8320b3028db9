using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Mqtt.Operations;
using Serverless.Dialects.Cumulocity.Mqtt.SmartRest;

namespace Serverless.Dialects.Cumulocity.Mqtt.Custom;

/// <summary>A template of what a device is told: values out of an operation, or out of the answer to its request.</summary>
/// <param name="Id">The message id of its rows.</param>
/// <param name="Base">The path that the patterns start from; empty for the whole.</param>
/// <param name="Condition">A path that must lead to something; empty for none. From the base, else from the whole.</param>
/// <param name="Patterns">The paths of the values.</param>
internal sealed record ResponseTemplate(string Id, string Base, string Condition, IReadOnlyList<string> Patterns)
{
    /// <summary>Reads what follows 11, in a registration.</summary>
    /// <exception cref="SmartRestException">A path is none, or there is nothing to tell.</exception>
    public static ResponseTemplate Read(SmartRestRow row)
    {
        var template = new ResponseTemplate(row[1], row[2], row[3], row.From(4));
        if (template.Id.Length == 0 || template.Patterns.Count == 0)
        {
            throw new SmartRestException(SmartRestError.Refused, row.Id, "Bad response template definition");
        }

        foreach (var path in template.Patterns.Append(template.Base).Append(template.Condition))
        {
            if (JsonPath.Parse(path) is null)
            {
                throw new SmartRestException(SmartRestError.Refused, row.Id, $"Invalid JsonPath: {path}");
            }
        }

        return template;
    }

    /// <summary>The rows that the template makes of a document: one, or none where the condition is not met.</summary>
    /// <param name="document">An operation, or an answer.</param>
    /// <param name="serial">What the client calls the operation's device; null for an answer, whose rows do not name it.</param>
    public IEnumerable<string> Rows(JsonObject document, string? serial)
    {
        var from = Find(document, Base) is [{ } start, ..] ? start : null;
        if (Condition.Length > 0 && Find(document, Condition).Count == 0 && (from is null || Find(from, Condition).Count == 0))
        {
            yield break;
        }

        var values = new List<string> { Id };
        if (serial is not null)
        {
            values.Add(serial);
        }

        foreach (var pattern in Patterns)
        {
            var found = from is null ? [] : Find(from, pattern);

            // What leads nowhere is an empty value, so that the ones behind it keep their places.
            values.AddRange(found.Count == 0 ? [""] : found.Select(value => DownRows.Text(value)));
        }

        yield return SmartRestWriter.Write(values);
    }

    private static IReadOnlyList<JsonNode> Find(JsonNode from, string path) => JsonPath.Parse(path)?.Find(from) ?? [];
}
