using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Serverless.Acceptance.Tests.Cumulocity.Conformance;

/// <summary>A request with something wrong in it, and the statuses that it may get.</summary>
/// <param name="What">What is wrong.</param>
/// <param name="Path">Its path and query.</param>
/// <param name="Body">Its body, or null.</param>
/// <param name="ContentType">The body's media type.</param>
/// <param name="Headers">Further headers, in the place of those that every request has.</param>
/// <param name="Statuses">What it may get; null where any answer will do that is no server's error.</param>
internal sealed record WrongRequest(
    string What,
    string Path,
    byte[]? Body,
    string? ContentType,
    IReadOnlyDictionary<string, string> Headers,
    IReadOnlyList<int>? Statuses
);

/// <summary>Makes wrong requests of an operation, the same ones each time: in each place that the document names, each kind of wrong value.</summary>
/// <param name="operation">The operation.</param>
/// <param name="names">Values of path parameters that are right, by name, and what right bodies refer to.</param>
internal sealed class WrongRequests(Operation operation, IReadOnlyDictionary<string, string> names)
{
    public const int Least = 100;

    // What refuses a request for what is wrong in it. A login that is right is refused nowhere, unless the operation is not for it.
    private static readonly int[] Refusals = [400, 404, 405, 406, 409, 413, 415, 422];

    // Parameters that name a thing that must be there. Options are made by being set.
    private static readonly string[] Ids = ["id", "childId", "requestId", "type", "externalId"];

    public IReadOnlyList<WrongRequest> All()
    {
        var made = new List<WrongRequest>();
        made.AddRange(Logins());
        made.AddRange(Paths());
        made.AddRange(Queries());
        made.AddRange(Headers());
        if (operation.BodyType is not null)
        {
            made.AddRange(WrongBodies());
            made.AddRange(Members());
        }

        // What has few places is asked with two things wrong at once.
        var random = new Random(17);
        var oddities = operation
            .Parameters.Where(parameter => parameter.In == "query")
            .Select(parameter => parameter.Name)
            .Append("unknown")
            .Append("currentPage")
            .Append("pageSize")
            .ToList();
        while (made.Count < Least)
        {
            var (first, second) = (oddities[random.Next(oddities.Count)], oddities[random.Next(oddities.Count)]);
            made.Add(
                Request(
                    $"{first} and {second} are odd",
                    $"{Right()}?{first}={WrongValues.Odd[random.Next(WrongValues.Odd.Length)]}&{second}={WrongValues.Odd[random.Next(WrongValues.Odd.Length)]}",
                    RightBody()
                )
            );
        }

        return made;
    }

    private IEnumerable<WrongRequest> Logins()
    {
        foreach (
            var credentials in new[]
            {
                "Basic",
                "Basic !!!",
                "Basic bm9ib2R5Ondyb25n",
                "Bearer x.y.z",
                "Bearer ",
                "Digest a=b",
                "Basic OnBhc3N3b3Jk",
                "Basic AAAA",
            }
        )
        {
            yield return Request($"the login {credentials}", Right(), RightBody()) with
            {
                Headers = new Dictionary<string, string> { ["Authorization"] = credentials },
                Statuses = IsOpen ? null : [401],
            };
        }
    }

    private bool IsOpen => operation.Path is "/tenant/loginOptions" or "/tenant/oauth" or "/tenant/oauth/token" or "/user/logout";

    private IEnumerable<WrongRequest> Paths() =>
        from parameter in operation.Parameters
        where parameter.In == "path"
        from odd in WrongValues.Odd
        let path = Fill(name => name == parameter.Name ? odd : names.GetValueOrDefault(name, "1"))
        select Request($"{parameter.Name} is {odd}", path + RequiredQuery(), RightBody()) with
        {
            Statuses = Ids.Contains(parameter.Name) ? Refused(parameter.Name, odd) : null,
        };

    private IEnumerable<WrongRequest> Queries()
    {
        foreach (var parameter in operation.Parameters.Where(parameter => parameter.In == "query"))
        {
            foreach (var odd in WrongValues.Odd)
            {
                yield return Request($"{parameter.Name} is {odd}", $"{Fill(Known)}?{parameter.Name}={odd}", RightBody());
            }

            yield return Request($"{parameter.Name} comes twice", $"{Fill(Known)}?{parameter.Name}=a&{parameter.Name}=b", RightBody());
            yield return Request($"{parameter.Name} is long", $"{Fill(Known)}?{parameter.Name}={new string('x', 4000)}", RightBody());
            var wrong = parameter switch
            {
                { Format: "date-time" } => WrongValues.NoDates,
                { Type: "integer" } when parameter.Name is "currentPage" or "pageSize" => WrongValues.NoNumbers,
                { Type: "boolean" } => WrongValues.NoFlags,
                _ => [],
            };
            foreach (var value in wrong)
            {
                // A deletion asks for a filter first, and says so.
                yield return Request($"{parameter.Name} is {value}", $"{Fill(Known)}?{parameter.Name}={value}", RightBody()) with
                {
                    Statuses = operation.Method == "GET" && names.ContainsKey("$reads") ? [400, 404, 422] : null,
                };
            }
        }
    }

    private IEnumerable<WrongRequest> Headers()
    {
        foreach (var accept in new[] { "text/html", "image/png", "application/xml", ";;;", "application/", "*", "application/json;q=x" })
        {
            yield return Request($"Accept is {accept}", Right(), RightBody(), ("Accept", accept));
        }

        foreach (var mode in new[] { "SOMETIMES", "", "PERSISTENT,TRANSIENT" })
        {
            yield return Request($"the processing mode is {mode}", Right(), RightBody(), ("X-Cumulocity-Processing-Mode", mode));
        }

        yield return Request("the method override is odd", Right(), RightBody(), ("X-HTTP-METHOD", "BREW"));
    }

    private IEnumerable<WrongRequest> WrongBodies()
    {
        foreach (var (what, body, isObject) in WrongValues.Bodies)
        {
            yield return Request(what, Right(), body) with
            {
                Statuses = isObject || !IsJson ? null : Refused("the body", what),
            };
        }

        foreach (
            var type in new[]
            {
                "text/plain",
                "application/xml",
                "application/x-www-form-urlencoded",
                "multipart/form-data",
                "multipart/form-data; boundary=x",
                "application/json; charset=utf-7",
                "nonsense",
                "application/vnd.com.nsn.cumulocity.unknown+json",
            }
        )
        {
            yield return Request($"the media type is {type}", Right(), RightBody() ?? "{}"u8.ToArray()) with
            {
                ContentType = type,
            };
        }
    }

    /// <summary>Each member of the body missing, and of each kind that it is not.</summary>
    private IEnumerable<WrongRequest> Members()
    {
        if (!IsJson || JsonNode.Parse(Encoding.UTF8.GetString(RightBody()!)) is not JsonObject right)
        {
            yield break;
        }

        var schema = operation.Body?["oneOf"]?[0] ?? operation.Body?["anyOf"]?[0] ?? operation.Body;
        var properties = schema?["properties"] as JsonObject ?? [];
        var required = (schema?["required"] as JsonArray ?? []).Select(name => (string)name!).ToHashSet();
        var writable = properties.Where(member => (bool?)member.Value?["readOnly"] != true).Select(member => member.Key);
        foreach (var name in writable.Union(right.Select(member => member.Key)))
        {
            var isRequired = required.Contains(name);
            var others = right.Where(member => member.Key != name).ToList();
            yield return Request($"{name} is missing", Right(), Bytes(Json(others))) with
            {
                Statuses = isRequired ? Refused(name, "missing") : null,
            };
            foreach (var (what, json) in WrongValues.Values)
            {
                var members = others.Select(Json).Append($"{JsonValue.Create(name).ToJsonString()}:{json}");
                yield return Request($"{name} is {what}", Right(), Bytes($"{{{string.Join(',', members)}}}")) with
                {
                    Statuses = IsOfType(properties[name], json, isRequired) ? null : Refused(name, what),
                };
            }
        }
    }

    private static string Json(IEnumerable<KeyValuePair<string, JsonNode?>> members) => $"{{{string.Join(',', members.Select(Json))}}}";

    private static string Json(KeyValuePair<string, JsonNode?> member) =>
        $"{JsonValue.Create(member.Key).ToJsonString()}:{member.Value?.ToJsonString() ?? "null"}";

    /// <summary>Whether a value is of the type that the schema has; null is as good as missing, and what the schema does not say is free.</summary>
    private static bool IsOfType(JsonNode? schema, string json, bool isRequired) =>
        json == "null" ? !isRequired
        : schema?["enum"] is not null ? false
        : ((string?)schema?["type"], json[0]) switch
        {
            ("string", var first) => first == '"' && (string?)schema?["format"] != "date-time",
            ("integer", var first) => (char.IsAsciiDigit(first) || first == '-') && json != "1.5",
            ("number", var first) => char.IsAsciiDigit(first) || first == '-',
            ("boolean", var first) => first == 't',
            ("object", var first) => first == '{',
            ("array", var first) => first == '[',
            _ => true,
        };

    /// <summary>What a wrong value gets: a refusal, unless it is accepted for a reason.</summary>
    private int[]? Refused(string where, string what) =>
        Leniency.Allows(operation.ToString(), where, what) ? null
        : RightBodies.Refused.ContainsKey(operation.ToString()) ? [403, .. Refusals]
        : Refusals;

    private bool IsJson => operation.BodyType?.EndsWith("json", StringComparison.Ordinal) == true;

    private WrongRequest Request(string what, string path, byte[]? body, params (string Name, string Value)[] headers) =>
        new(
            what,
            path,
            body,
            body is null ? null : operation.BodyType,
            headers.ToDictionary(header => header.Name, header => header.Value),
            null
        );

    private string Known(string name) => names.GetValueOrDefault(name, "1");

    private string Right() => Fill(Known) + RequiredQuery();

    private string Fill(Func<string, string> value) =>
        operation
            .Parameters.Where(parameter => parameter.In == "path")
            .Aggregate(operation.Path, (path, parameter) => path.Replace($"{{{parameter.Name}}}", value(parameter.Name)));

    private string RequiredQuery()
    {
        var required = operation
            .Parameters.Where(parameter => parameter is { In: "query", Required: true })
            .Select(parameter => $"{parameter.Name}={(parameter.Format == "date-time" ? "2020-01-01" : Known(parameter.Name))}")
            .ToList();
        required.AddRange(RightBodies.Find(operation.ToString(), names, RightBodies.Queries) is { } query ? [query] : []);
        return required.Count == 0 ? "" : $"?{string.Join('&', required)}";
    }

    /// <summary>The request with nothing wrong in it.</summary>
    public WrongRequest RightRequest() => Request("nothing is wrong", Right(), RightBody());

    private byte[]? RightBody() =>
        operation.BodyType is null ? null
        : RightBodies.Find(operation.ToString(), names) is { } right ? Bytes(right)
        : Bytes(Sample(operation.Body, 0)?.ToJsonString() ?? "{}");

    private static byte[] Bytes(string json) => Encoding.UTF8.GetBytes(json);

    /// <summary>A body as the schema has it.</summary>
    private JsonNode? Sample(JsonNode? schema, int depth) =>
        depth > 4 || schema is null ? null
        : schema["oneOf"]?[0] is { } one ? Sample(one, depth + 1)
        : schema["anyOf"]?[0] is { } any ? Sample(any, depth + 1)
        : schema["enum"]?[0] is { } first ? first.DeepClone()
        : (string?)schema["type"] switch
        {
            "object" => new JsonObject(
                (schema["properties"]?.AsObject() ?? [])
                    .Where(member => (bool?)member.Value?["readOnly"] != true)
                    .Select(member =>
                        KeyValuePair.Create(
                            member.Key,
                            member.Key == "id" ? JsonValue.Create(Known("id")) : Sample(member.Value, depth + 1)
                        )
                    )
            ),
            "array" => new JsonArray(Sample(schema["items"], depth + 1)),
            "integer" or "number" => JsonValue.Create(1),
            "boolean" => JsonValue.Create(true),
            "string" when (string?)schema["format"] == "date-time" => JsonValue.Create("2020-03-19T12:03:27.845Z"),
            "string" => JsonValue.Create("a"),
            _ => schema["properties"] is null
                ? null
                : Sample(new JsonObject { ["type"] = "object", ["properties"] = schema["properties"]!.DeepClone() }, depth + 1),
        };

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{operation}");
}
