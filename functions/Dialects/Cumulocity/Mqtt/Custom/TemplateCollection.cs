using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Mqtt.SmartRest;

namespace Serverless.Dialects.Cumulocity.Mqtt.Custom;

/// <summary>Templates that belong together, under a name (the vendor's X-ID).</summary>
/// <param name="Requests">What devices ask for.</param>
/// <param name="Responses">What they are told.</param>
internal sealed record TemplateCollection(IReadOnlyList<RequestTemplate> Requests, IReadOnlyList<ResponseTemplate> Responses)
{
    /// <summary>The member of its object that holds it, as the vendor's own tools write it.</summary>
    public const string Fragment = "com_cumulocity_model_smartrest_csv_CsvSmartRestTemplate";

    private const string Request = "10";
    private const string Response = "11";

    /// <summary>Reads a registration: rows 10 and 11.</summary>
    /// <exception cref="SmartRestException">A row is no template, or an id is there twice.</exception>
    public static TemplateCollection Read(IReadOnlyList<SmartRestRow> rows)
    {
        var (requests, responses) = (new List<RequestTemplate>(), new List<ResponseTemplate>());
        foreach (var row in rows)
        {
            switch (row.Id)
            {
                case Request:
                    requests.Add(RequestTemplate.Read(row));
                    break;
                case Response:
                    responses.Add(ResponseTemplate.Read(row));
                    break;
                default:
                    throw new SmartRestException(SmartRestError.Refused, row.Id, "Not a valid message identifier for template creation");
            }
        }

        var ids = requests.Select(request => request.Id).Concat(responses.Select(response => response.Id));
        return ids.GroupBy(id => id).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new SmartRestException(SmartRestError.Refused, twice.Key, "Duplicate message identifiers are not allowed")
            : new TemplateCollection(requests, responses);
    }

    public JsonObject ToJson() =>
        new()
        {
            ["requestTemplates"] = new JsonArray([.. Requests.Select(ToJson)]),
            ["responseTemplates"] = new JsonArray([.. Responses.Select(ToJson)]),
        };

    /// <summary>Reads an object's member. What is no template in it is left out: people may write it by hand.</summary>
    public static TemplateCollection FromJson(JsonObject fragment) =>
        new(
            [.. Members(fragment, "requestTemplates").Select(ReadRequest).OfType<RequestTemplate>()],
            [.. Members(fragment, "responseTemplates").Select(ReadResponse).OfType<ResponseTemplate>()]
        );

    private static JsonNode ToJson(RequestTemplate template)
    {
        var written = new JsonObject
        {
            ["msgId"] = template.Id,
            ["method"] = template.Method,
            ["api"] = template.Api,
            ["response"] = template.Responds,
        };
        if (RequestTemplate.Mandatory[(template.Method, template.Api)][0] == "byId")
        {
            (written["byId"], written["externalIdType"]) = (template.Fixed[0] == "true", template.Fixed[1]);
        }
        else
        {
            written["mandatoryValues"] = Strings(template.Fixed);
        }

        var values = template.Values.Select(value => new JsonObject
        {
            ["path"] = value.Path,
            ["type"] = value.Type,
            ["value"] = value.Value,
        });
        written["customValues"] = new JsonArray([.. values]);
        return written;
    }

    private static JsonNode ToJson(ResponseTemplate template) =>
        new JsonObject
        {
            ["msgId"] = template.Id,
            ["base"] = template.Base,
            ["condition"] = template.Condition,
            ["pattern"] = Strings(template.Patterns),
        };

    private static RequestTemplate? ReadRequest(JsonObject written)
    {
        var byId = written["byId"] is JsonValue flag && flag.TryGetValue<bool>(out var said) ? said : (bool?)null;
        var mandatory = byId is { } known
            ? [known ? "true" : "false", Text(written, "externalIdType")]
            : (written["mandatoryValues"] as JsonArray ?? []).Select(value => Text(value)).ToList();
        var custom = Members(written, "customValues")
            .SelectMany(value => new[] { "path", "type", "value" }.Select(name => Text(value, name)));
        var method = (Text(written, "method").ToUpperInvariant(), Text(written, "api").ToUpperInvariant());
        var wanted = RequestTemplate.Mandatory.GetValueOrDefault(method)?.Count ?? 0;
        string[] all = [.. mandatory.Take(wanted), .. Enumerable.Repeat("", Math.Max(0, wanted - mandatory.Count)), .. custom];
        var responds = written["response"] is JsonValue response ? response.ToJsonString() : "";
        return Try(() =>
            RequestTemplate.Read(new SmartRestRow(Request, [Text(written, "msgId"), method.Item1, method.Item2, responds, .. all]))
        );
    }

    private static ResponseTemplate? ReadResponse(JsonObject written)
    {
        var patterns = (written["pattern"] as JsonArray ?? []).Select(value => Text(value));
        return Try(() =>
            ResponseTemplate.Read(
                new SmartRestRow(Response, [Text(written, "msgId"), Text(written, "base"), Text(written, "condition"), .. patterns])
            )
        );
    }

    private static T? Try<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (SmartRestException)
        {
            return null;
        }
    }

    private static IEnumerable<JsonObject> Members(JsonObject from, string name) => (from[name] as JsonArray ?? []).OfType<JsonObject>();

    private static string Text(JsonObject from, string name) => Text(from[name]);

    private static string Text(JsonNode? value) => Operations.DownRows.Text(value);

    private static JsonArray Strings(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];
}
