using System.Text.Json.Nodes;

namespace Serverless.Acceptance.Tests.Entra;

/// <summary>One API, by a request that any reader may make there and by the forms of its refusals.</summary>
/// <param name="Name">The dialect's folder.</param>
/// <param name="Path">What is asked with GET; {uuid} is a device of the tenant.</param>
/// <param name="MediaType">The media type of its errors.</param>
/// <param name="IsError">Whether a body is its error of this status.</param>
/// <param name="Good">The status of its answer to a caller who may ask; Conduit says that it has nothing new.</param>
public sealed record Api(string Name, string Path, string MediaType, Func<JsonNode, int, bool> IsError, int Good = 200)
{
    /// <summary>Every API there is. A new one joins with a line.</summary>
    public static readonly IReadOnlyList<Api> All =
    [
        new("Proficloud", "/epts/last?uuid={uuid}&timeSeriesName=auto~temp", "application/json", (body, _) => IsText(body["error"])),
        new("Influx", "/query?q=SHOW+MEASUREMENTS", "application/json", (body, _) => IsText(body["error"])),
        new("ThingScale", "/v2/device", "application/json", (body, _) => IsText(body["error"])),
        new(
            "Thingsee",
            "/v1/groups",
            "application/json",
            (body, status) => (int?)body["statusCode"] == status && IsText(body["error"]) && IsText(body["message"])
        ),
        new(
            "Conduit",
            "/conduitv6/",
            "application/json",
            (body, status) => (string?)body["code"] == $"{status}" && IsText(body["error"]),
            304
        ),
        new(
            "Cumulocity",
            "/inventory/managedObjects",
            "application/vnd.com.nsn.cumulocity.error+json",
            (body, _) => IsText(body["error"]) && IsText(body["message"])
        ),
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
