using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Serverless.Acceptance.Tests.Cumulocity.Python;

/// <summary>An answer of the cloud, read as the client reads it.</summary>
internal sealed partial class RecordedAnswer(int status, string text, IReadOnlyDictionary<string, string> cookies)
{
    private readonly Lazy<JsonNode?> json = new(() => JsonNode.Parse(text));

    /// <summary>Says what is not as expected, or null where all is; what is to be kept goes to the variables.</summary>
    public string? Differs(RecordedCall call, Func<string, string> fill, IDictionary<string, string> variables) =>
        status != call.Status
            ? $"{status} is not {call.Status}: {text}"
            : call.Reads.Select(read => Differs(fill(read), variables)).FirstOrDefault(difference => difference is not null);

    private string? Differs(string read, IDictionary<string, string> variables)
    {
        var parts = ReadPattern().Match(read);
        var (path, how, expected) = (parts.Groups[1].Value, parts.Groups[2].Value.Trim(), parts.Groups[3].Value);
        if (path == "$" && how is "empty" or "text")
        {
            return text == expected ? null : $"'{expected}' is expected: {text}";
        }

        var (found, plain) = Find(path);
        if (how == "=>" && found is not null)
        {
            variables[expected] = plain;
        }

        var isExpected = how switch
        {
            "absent" => found is null,
            "=" => found == JsonNode.Parse(expected)?.ToJsonString(),
            _ => found is not null,
        };
        return isExpected ? null : $"{read}: {found ?? "nothing"} in {text}";
    }

    /// <summary>What is at a path as JSON, and as text where it is one.</summary>
    private (string? Json, string Plain) Find(string path)
    {
        if (path.StartsWith("cookie ", StringComparison.Ordinal))
        {
            var cookie = cookies.GetValueOrDefault(path[7..]);
            return (cookie, cookie ?? "");
        }

        var node = json.Value;
        foreach (Match step in StepPattern().Matches(path == "$" ? "" : path))
        {
            var name = step.Groups[1].Success ? step.Groups[1].Value : step.Groups[3].Value;
            node =
                step.Groups[2].Success ? (node as JsonArray)?.ElementAtOrDefault(int.Parse(step.Groups[2].Value))
                : node is JsonArray all && name == "length" ? JsonValue.Create(all.Count)
                : (node as JsonObject)?[name];
        }

        return (node?.ToJsonString(), node is JsonValue value && value.TryGetValue<string>(out var plain) ? plain : $"{node}");
    }

    [GeneratedRegex("""^((?:cookie )?[^ ]+?)(?: (=>|=|absent|empty|text)(?: (.*))?)?$""")]
    private static partial Regex ReadPattern();

    [GeneratedRegex("""\["([^"]+)"\]|\[(\d+)\]|([^.\[\]]+)""")]
    private static partial Regex StepPattern();
}
