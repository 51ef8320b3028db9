using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Serverless.Azure.Tests.IotHub;

/// <summary>
/// An IoT Hub by its service API of 2021-04-12: identities in the registry, their twins, queries, methods. Methods answer what a test says; faults come before whatever is asked.
/// The npm package azure-iothub works with it (<see cref="OfficialClientTests"/>).
/// </summary>
internal sealed class FakeIotHub : HttpMessageHandler
{
    private readonly SortedDictionary<string, JsonObject> devices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FakeTwin> twins = new(StringComparer.Ordinal);
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

    public int PageSize { get; set; } = 2;

    public JsonObject Desired(string hubId) => twins[hubId].Desired;

    /// <summary>Puts a device into the registry, as somebody does who uses the hub alone.</summary>
    /// <param name="hubId">Its id.</param>
    /// <param name="identity">What its identity has beside the id.</param>
    /// <param name="reported">Its reported properties.</param>
    public void Add(string hubId, string identity = "{}", string reported = "{}")
    {
        var device = JsonNode.Parse(identity)!.AsObject();
        (device["deviceId"], device["status"], device["etag"]) = (hubId, device["status"]?.ToString() ?? "enabled", NextTag());
        devices[hubId] = device;
        twins[hubId] = new FakeTwin(NextTag()) { Reported = JsonNode.Parse(reported)!.AsObject() };
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
        Tokens.Add(request.Headers.Authorization?.ToString());
        var path = request.RequestUri!.AbsolutePath;
        Requests.Add((request.Method.Method, path, body));
        if (Faults.TryDequeue(out var fault))
        {
            return fault();
        }

        if (request.RequestUri.Query != "?api-version=2021-04-12")
        {
            return Error(HttpStatusCode.BadRequest, "InvalidProtocolVersion");
        }

        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return (request.Method.Method, parts) switch
        {
            ("POST", ["devices", "query"]) => Query(request, JsonNode.Parse(body)!.AsObject()),
            ("POST", ["twins", var id, "methods"]) => Method(Uri.UnescapeDataString(id), JsonNode.Parse(body)!.AsObject()),
            ("GET", ["twins", var id]) => GetTwin(Uri.UnescapeDataString(id)),
            ("PATCH", ["twins", var id]) => Patch(Uri.UnescapeDataString(id), request, JsonNode.Parse(body)!.AsObject()),
            ("GET", ["devices"]) => Json(HttpStatusCode.OK, new JsonArray([.. devices.Values.Select(device => device.DeepClone())])),
            ("PUT", ["devices", var id]) => Put(Uri.UnescapeDataString(id), request, JsonNode.Parse(body)!.AsObject()),
            ("GET", ["devices", var id]) => Get(Uri.UnescapeDataString(id)),
            ("DELETE", ["devices", var id]) => Delete(Uri.UnescapeDataString(id), request),
            _ => Error(HttpStatusCode.BadRequest, "ArgumentInvalid"),
        };
    }

    private HttpResponseMessage Put(string id, HttpRequestMessage request, JsonObject device)
    {
        if (device["deviceId"]?.ToString() != id)
        {
            return Error(HttpStatusCode.BadRequest, "ArgumentInvalid");
        }

        var there = devices.GetValueOrDefault(id);
        var match = Match(request);
        if (match is null && there is not null)
        {
            return Error(HttpStatusCode.Conflict, "DeviceAlreadyExists");
        }

        if (match is not null && !Fits(match, there?["etag"]?.ToString()))
        {
            return Error(HttpStatusCode.PreconditionFailed, "PreconditionFailed");
        }

        device["status"] ??= "enabled";
        device["authentication"] ??= new JsonObject { ["type"] = "sas" };
        if (!HasKeys(device))
        {
            return Error(HttpStatusCode.BadRequest, "DeviceKeysInvalid");
        }

        device["etag"] = NextTag();
        devices[id] = device;
        twins.TryAdd(id, new FakeTwin(NextTag()));
        return Json(HttpStatusCode.OK, device.DeepClone());
    }

    private HttpResponseMessage Get(string id) =>
        devices.TryGetValue(id, out var device)
            ? Json(HttpStatusCode.OK, device.DeepClone())
            : Error(HttpStatusCode.NotFound, "DeviceNotFound");

    private HttpResponseMessage Delete(string id, HttpRequestMessage request)
    {
        if (!devices.TryGetValue(id, out var device))
        {
            return Error(HttpStatusCode.NotFound, "DeviceNotFound");
        }

        // The registry asks for the header: "*" removes whatever is there.
        if (Match(request) is not { } match || !Fits(match, device["etag"]?.ToString()))
        {
            return Error(HttpStatusCode.PreconditionFailed, "PreconditionFailed");
        }

        twins.Remove(id);
        devices.Remove(id);
        return new HttpResponseMessage(HttpStatusCode.NoContent);
    }

    private HttpResponseMessage GetTwin(string id) =>
        devices.TryGetValue(id, out var device)
            ? Json(HttpStatusCode.OK, twins[id].ToJson(device))
            : Error(HttpStatusCode.NotFound, "DeviceNotFound");

    private HttpResponseMessage Patch(string id, HttpRequestMessage request, JsonObject patch)
    {
        if (!devices.TryGetValue(id, out var device))
        {
            return Error(HttpStatusCode.NotFound, "DeviceNotFound");
        }

        if (Match(request) is { } match && !Fits(match, twins[id].Tag))
        {
            return Error(HttpStatusCode.PreconditionFailed, "PreconditionFailed");
        }

        twins[id].Merge(patch, NextTag());
        return Json(HttpStatusCode.OK, twins[id].ToJson(device));
    }

    /// <summary>A query for devices gives their twins, which have a connection's state but not since when (https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins).</summary>
    private HttpResponseMessage Query(HttpRequestMessage request, JsonObject query)
    {
        if (query["query"]?.ToString() != "SELECT * FROM devices")
        {
            return Error(HttpStatusCode.BadRequest, "ArgumentInvalid");
        }

        var size = request.Headers.TryGetValues("x-ms-max-item-count", out var most)
            ? Math.Min(PageSize, int.Parse(most.Single(), CultureInfo.InvariantCulture))
            : PageSize;
        var after = request.Headers.TryGetValues("x-ms-continuation", out var token) ? token.Single() : "";
        var rows = devices.Where(device => string.CompareOrdinal(device.Key, after) > 0).Take(size).ToList();
        var answer = Json(HttpStatusCode.OK, new JsonArray([.. rows.Select(row => twins[row.Key].ToJson(row.Value))]));
        answer.Headers.Add("x-ms-item-type", "Twin");
        if (rows.Count == size)
        {
            answer.Headers.Add("x-ms-continuation", rows[^1].Key);
        }

        return answer;
    }

    /// <summary>Keys come in twos. Where both are empty the hub makes them.</summary>
    private static bool HasKeys(JsonObject device)
    {
        var how = device["authentication"]!.AsObject();
        if ((how["type"] ??= "sas").ToString() != "sas")
        {
            return true;
        }

        var keys = how["symmetricKey"] as JsonObject;
        var (first, second) = (keys?["primaryKey"]?.ToString() ?? "", keys?["secondaryKey"]?.ToString() ?? "");
        if ((first, second) == ("", ""))
        {
            (first, second) = (NewKey(), NewKey());
        }

        how["symmetricKey"] = new JsonObject { ["primaryKey"] = first, ["secondaryKey"] = second };
        return first.Length > 0 && second.Length > 0;
    }

    private static string NewKey() => Convert.ToBase64String(Guid.NewGuid().ToByteArray());

    private static string? Match(HttpRequestMessage request) =>
        request.Headers.TryGetValues("If-Match", out var match) ? match.Single() : null;

    /// <summary>Microsoft's clients put the star in quotes too.</summary>
    private static bool Fits(string match, string? tag) => match is "*" or "\"*\"" || match == $"\"{tag}\"";

    private string NextTag() => Convert.ToBase64String(BitConverter.GetBytes((long)++tags));
}
