using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.DataRetention;

namespace Serverless.Dialects.Cumulocity.Retention;

/// <summary>Retention rules as the API writes and reads them (reference 1.9). Any is *.</summary>
internal static class RetentionRuleJson
{
    private const string Any = "*";
    private const int LongestText = 256;

    private static readonly Dictionary<string, RetainedData> Data = new()
    {
        ["ALARM"] = RetainedData.Alarm,
        ["AUDIT"] = RetainedData.Audit,
        ["BULK_OPERATION"] = RetainedData.BulkOperation,
        ["EVENT"] = RetainedData.Event,
        ["MEASUREMENT"] = RetainedData.Measurement,
        ["OPERATION"] = RetainedData.Operation,
    };

    public static JsonObject Of(RetentionRule rule, SelfUrls urls) =>
        new()
        {
            ["id"] = rule.Id,
            ["self"] = urls.Of($"/retention/retentions/{rule.Id}"),
            ["dataType"] = rule.Data is { } data ? Data.First(pair => pair.Value == data).Key : Any,
            ["fragmentType"] = rule.Fragment ?? Any,
            ["type"] = rule.Type ?? Any,
            ["source"] = rule.Source ?? Any,
            ["maximumAge"] = rule.Days,
            ["editable"] = rule.Editable,
        };

    /// <summary>The rule with what a body says; what it leaves out stays.</summary>
    /// <exception cref="CumulocityException">A member is wrong.</exception>
    public static RetentionRule Merge(RetentionRule rule, JsonObject body, bool mayLock)
    {
        foreach (var (name, value) in body)
        {
            rule = name switch
            {
                "dataType" => rule with { Data = DataOf(value) },
                "fragmentType" => rule with { Fragment = TextOf(name, value) },
                "type" => rule with { Type = TextOf(name, value) },
                "source" => rule with { Source = TextOf(name, value) },
                "maximumAge" => rule with { Days = DaysOf(value) },
                "editable" => FlagOf(name, value) is var editable && mayLock ? rule with { Editable = editable } : rule,
                _ => rule,
            };
        }

        return rule;
    }

    private static RetainedData? DataOf(JsonNode? value) =>
        TextOf("dataType", value) is not { } text ? null
        : Data.TryGetValue(text, out var data) ? data
        : throw Wrong($"dataType is one of {string.Join(", ", Data.Keys)} and {Any}.");

    private static string? TextOf(string name, JsonNode? value) =>
        value is null ? null
        : value is JsonValue text && text.TryGetValue<string>(out var written) && written.Length is > 0 and <= LongestText
            ? written == Any ? null
                : written
        : throw Wrong($"{name} is a string of 1 to {LongestText} characters, {Any} for any.");

    private static int DaysOf(JsonNode? value) =>
        value is JsonValue number && number.TryGetValue<int>(out var days) && days is >= 1 and <= RetentionRule.OldestDays
            ? days
            : throw Wrong($"maximumAge is a number of days from 1 to {RetentionRule.OldestDays}.");

    private static bool FlagOf(string name, JsonNode? value) =>
        value is JsonValue flag && flag.TryGetValue<bool>(out var written) ? written : throw Wrong($"{name} is true or false.");

    private static CumulocityException Wrong(string message) => CumulocityErrors.Invalid("retention", message);
}
