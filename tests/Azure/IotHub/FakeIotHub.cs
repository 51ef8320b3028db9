using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Serverless.Azure.Tests.IotHub;

/// <summary>The registry and the twins of an IoT Hub, as its service API of 2021-04-12 shows them. Methods answer what a test says; faults come before whatever is asked.</summary>
internal sealed class FakeIotHub : HttpMessageHandler
{
    private readonly SortedDictionary<string, JsonObject> devices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonObject> desired = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> versions = new(StringComparer.Ordinal);
    private int tags;

    /// <summary>When desired properties changed, as the hub writes it.</summary>
    public const string Updated = "2026-03-01T12:00:00.1234567Z";

    /// <summary>The requests so far: method, path without the API version, body.</summary>
    public List<(string Method, string Path, string Body)> Requests { get; } = [];

    public List<string?> Tokens { get; } = [];

    /// <summary>What the next requests meet in place of the hub: a status to answer with, or an exception on the way.</summary>
    public Queue<Func<HttpResponseMessage>> Faults { get; } = new();

    public Func<string, JsonObject, HttpResponseMessage> Method { get; set; } = (_, _) => Error(HttpStatusCode.NotFound, "DeviceNotOnline");

    public IReadOnlyDictionary<string, JsonObject> Devices => devices;

    public IReadOnlyDictionary<string, JsonObject> Desired => desired;

    public int PageSize { get; set; } = 2;

    /// <summary>Puts a device into the registry, as somebody does who uses the hub alone.</summary>
    public void Add(string hubId, string rest = "{}")
    {
        var device = JsonNode.Parse(rest)!.AsObject();
        (device["deviceId"], device["status"], device["etag"]) = (hubId, device["status"]?.ToString() ?? "enabled", $"{++tags}");
        devices[hubId] = device;
    }

    public static HttpResponseMessage Error(HttpStatusCode status, string code)
    {
        var body = new JsonObject
        {
            ["Message"] = $"ErrorCode:{code};It is so",
            ["ExceptionMessage"] = "Tracking ID:1-G:0-TimeStamp:10/18/2022 20:50:39",
        };
        var answer = Json(status, body);
        answer.Headers.Add("iothub-errorcode", code);
        return answer;
    }

    public static HttpResponseMessage Json(HttpStatusCode status, JsonNode body) =>
        new(status) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellation);
        Assert.Equal("?api-version=2021-04-12", request.RequestUri!.Query);
        Tokens.Add(request.Headers.Authorization?.ToString());
        var path = request.RequestUri.AbsolutePath;
        Requests.Add((request.Method.Method, path, body));
        if (Faults.TryDequeue(out var fault))
        {
            return fault();
        }

        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return (request.Method.Method, parts) switch
        {
            ("POST", ["devices", "query"]) => Query(request, JsonNode.Parse(body)!.AsObject()),
            ("POST", ["twins", var id, "methods"]) => Method(Uri.UnescapeDataString(id), JsonNode.Parse(body)!.AsObject()),
            ("PATCH", ["twins", var id]) => Patch(Uri.UnescapeDataString(id), JsonNode.Parse(body)!.AsObject()),
            ("PUT", ["devices", var id]) => Put(Uri.UnescapeDataString(id), request, JsonNode.Parse(body)!.AsObject()),
            ("GET", ["devices", var id]) => Get(Uri.UnescapeDataString(id)),
            ("DELETE", ["devices", var id]) => Delete(Uri.UnescapeDataString(id)),
            _ => Error(HttpStatusCode.BadRequest, "ArgumentInvalid"),
        };
    }

    private HttpResponseMessage Put(string id, HttpRequestMessage request, JsonObject device)
    {
        Assert.Equal(id, device["deviceId"]?.ToString());
        var match = request.Headers.TryGetValues("If-Match", out var tag) ? tag.Single() : null;
        if (match is null && devices.ContainsKey(id))
        {
            return Error(HttpStatusCode.Conflict, "DeviceAlreadyExists");
        }

        if (match is not null && match != "*" && match != $"\"{devices.GetValueOrDefault(id)?["etag"]}\"")
        {
            return Error(HttpStatusCode.PreconditionFailed, "PreconditionFailed");
        }

        if (
            device["authentication"] is JsonObject { } how
            && how["type"]?.ToString() == "sas"
            && how["symmetricKey"]!["secondaryKey"] is null
        )
        {
            return Error(HttpStatusCode.BadRequest, "DeviceKeysInvalid");
        }

        device["etag"] = $"{++tags}";
        devices[id] = device;
        return Json(HttpStatusCode.OK, device.DeepClone());
    }

    private HttpResponseMessage Get(string id) =>
        devices.TryGetValue(id, out var device)
            ? Json(HttpStatusCode.OK, device.DeepClone())
            : Error(HttpStatusCode.NotFound, "DeviceNotFound");

    private HttpResponseMessage Delete(string id) =>
        devices.Remove(id) ? new HttpResponseMessage(HttpStatusCode.NoContent) : Error(HttpStatusCode.NotFound, "DeviceNotFound");

    private HttpResponseMessage Patch(string id, JsonObject patch)
    {
        if (!devices.ContainsKey(id))
        {
            return Error(HttpStatusCode.NotFound, "DeviceNotFound");
        }

        var there = desired.GetValueOrDefault(id) ?? [];
        foreach (var (name, value) in patch["properties"]!["desired"]!.AsObject())
        {
            there.Remove(name);
            if (value is not null)
            {
                there[name] = value.DeepClone();
            }
        }

        desired[id] = there;
        var whole = there.DeepClone().AsObject();
        whole["$metadata"] = new JsonObject { ["$lastUpdated"] = Updated };
        whole["$version"] = versions[id] = versions.GetValueOrDefault(id, 1) + 1;
        var properties = new JsonObject
        {
            ["desired"] = whole,
            ["reported"] = new JsonObject { ["$version"] = 1 },
        };
        return Json(HttpStatusCode.OK, new JsonObject { ["deviceId"] = id, ["properties"] = properties });
    }

    private HttpResponseMessage Query(HttpRequestMessage request, JsonObject query)
    {
        Assert.Equal("SELECT * FROM devices", query["query"]?.ToString());
        var after = request.Headers.TryGetValues("x-ms-continuation", out var token) ? token.Single() : "";
        var rows = devices.Where(device => string.CompareOrdinal(device.Key, after) > 0).Take(PageSize).ToList();
        var answer = Json(HttpStatusCode.OK, new JsonArray([.. rows.Select(row => row.Value.DeepClone())]));
        if (rows.Count == PageSize)
        {
            answer.Headers.Add("x-ms-continuation", rows[^1].Key);
        }

        return answer;
    }
}
