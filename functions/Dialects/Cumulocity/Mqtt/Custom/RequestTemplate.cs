using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Mqtt.SmartRest;
using Serverless.Dialects.Cumulocity.Mqtt.Templates;

namespace Serverless.Dialects.Cumulocity.Mqtt.Custom;

/// <summary>A member that a request sets.</summary>
/// <param name="Path">Names with dots between them.</param>
/// <param name="Type">One of <see cref="CustomType.All"/>.</param>
/// <param name="Value">Its value, or empty where the row brings it.</param>
internal sealed record CustomValue(string Path, string Type, string Value);

/// <summary>A template of what a device asks for: a request of the API whose values are fixed, or come with the row.</summary>
/// <param name="Id">The message id of its rows.</param>
/// <param name="Method">GET, POST or PUT.</param>
/// <param name="Api">INVENTORY, MEASUREMENT, EVENT, ALARM or OPERATION.</param>
/// <param name="Responds">Whether the answer goes to the response templates.</param>
/// <param name="Fixed">What the API must have, in the order of <see cref="Mandatory"/>; empty where the row brings it.</param>
/// <param name="Values">What else is set.</param>
internal sealed record RequestTemplate(
    string Id,
    string Method,
    string Api,
    bool Responds,
    IReadOnlyList<string> Fixed,
    IReadOnlyList<CustomValue> Values
)
{
    /// <summary>What each request must have.</summary>
    public static readonly IReadOnlyDictionary<(string Method, string Api), IReadOnlyList<string>> Mandatory = new Dictionary<
        (string, string),
        IReadOnlyList<string>
    >
    {
        [("GET", "INVENTORY")] = ["byId", "externalIdType"],
        [("PUT", "INVENTORY")] = ["byId", "externalIdType"],
        [("POST", "INVENTORY")] = ["externalIdType"],
        [("POST", "MEASUREMENT")] = ["type", "time"],
        [("POST", "EVENT")] = ["type", "text", "time"],
        [("POST", "ALARM")] = ["type", "text", "status", "severity", "time"],
        [("PUT", "ALARM")] = ["type"],
        [("PUT", "OPERATION")] = ["fragment"],
    };

    /// <summary>Reads what follows 10, in a registration.</summary>
    /// <exception cref="SmartRestException">There is no such request, or a value's path or type is none.</exception>
    public static RequestTemplate Read(SmartRestRow row)
    {
        var (method, api) = (row[2].ToUpperInvariant(), row[3].ToUpperInvariant());
        if (row[1].Length == 0 || !Mandatory.TryGetValue((method, api), out var mandatory))
        {
            throw Bad(row, "Bad request template definition");
        }

        var responds = row[4].Length == 0 ? method == "GET" : row[4].Equals("true", StringComparison.OrdinalIgnoreCase);
        var values = new List<CustomValue>();
        var first = 5 + mandatory.Count;
        for (var i = first; i < first + row.From(first).Count; i += 3)
        {
            var type = row[i + 1].Length == 0 ? "STRING" : row[i + 1].ToUpperInvariant();
            if (!CustomType.All.Contains(type))
            {
                throw Bad(row, $"Bad value type: {type}");
            }

            if (!TemplateValues.TrySet([], row[i], null))
            {
                throw Bad(row, $"Invalid JsonPath: {row[i]}");
            }

            values.Add(new CustomValue(row[i], type, row[i + 2]));
        }

        return new RequestTemplate(row[1], method, api, responds, [.. mandatory.Select((_, i) => row[5 + i])], values);
    }

    /// <summary>Sets the template's own members, with the values of the row where the template has none.</summary>
    /// <exception cref="SmartRestException">A value is not of its type, or two members are in each other's way.</exception>
    public void Set(JsonObject body, RowValues row)
    {
        foreach (var (path, type, value) in Values)
        {
            var text = value.Length > 0 || type == CustomType.Flag ? value : row.Next();
            if (!TemplateValues.TrySet(body, path, CustomType.Read(row.Call, type, text.Length > 0 ? text : null)))
            {
                throw row.Call.Wrong($"Value is not a path: {path}");
            }
        }
    }

    private static SmartRestException Bad(SmartRestRow row, string message) => new(SmartRestError.Refused, row.Id, message);
}

/// <summary>The values of a row, taken one after the other; empty behind its end.</summary>
internal sealed class RowValues(TemplateCall call)
{
    private int position = 1;

    public TemplateCall Call => call;

    public string Next() => call.Row[position++];

    /// <summary>What the template has fixed, else the next value.</summary>
    public string Or(string known) => known.Length > 0 ? known : Next();
}
