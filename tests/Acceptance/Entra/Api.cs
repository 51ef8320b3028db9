using System.Text.Json.Nodes;

namespace Serverless.Acceptance.Tests.Entra;

/// <summary>One API, by a request that any reader may make there and by the forms of its refusals.</summary>
/// <param name="Name">The dialect's folder.</param>
/// <param name="Path">What is asked with GET; {uuid} is a device of the tenant.</param>
/// <param name="MediaType">The media type of its errors.</param>
/// <param name="IsError">Whether a body is its error of this status.</param>
public sealed record Api(string Name, string Path, string MediaType, Func<JsonNode, int, bool> IsError)
{
    /// <summary>Every API there is. A new one joins with a line.</summary>
    public static readonly IReadOnlyList<Api> All =
    [
        new("Proficloud", "/epts/last?uuid={uuid}&timeSeriesName=auto~temp", "application/json", (body, _) => IsText(body["error"])),
        new("Influx", "/query?q=SHOW+MEASUREMENTS", "application/json", (body, _) => IsText(body["error"])),
        new(
            "Management",
            "/api/v1/devices",
            "application/problem+json",
            (body, status) => (int?)body["status"] == status && IsText(body["detail"])
        ),
    ];

    public static Api Of(string name) => All.Single(api => api.Name == name);

    private static bool IsText(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0;
}
