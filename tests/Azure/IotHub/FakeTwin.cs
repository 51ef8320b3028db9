using System.Text.Json.Nodes;

namespace Serverless.Azure.Tests.IotHub;

/// <summary>A twin at the hub.</summary>
internal sealed class FakeTwin(string tag)
{
    private int version = 1;
    private int desiredVersion = 1;

    public string Tag { get; private set; } = tag;

    public JsonObject Tags { get; } = [];

    public JsonObject Desired { get; } = [];

    public JsonObject Reported { get; init; } = [];

    /// <summary>A patch names what changes; null takes a property away.</summary>
    public void Merge(JsonObject patch, string tag)
    {
        (Tag, version) = (tag, version + 1);
        Merge(Tags, patch["tags"]);
        if (patch["properties"]?["desired"] is { } desired)
        {
            desiredVersion++;
            Merge(Desired, desired);
        }
    }

    /// <summary>The twin with what it tells of its identity: the shape of Microsoft's documentation.</summary>
    public JsonObject ToJson(JsonObject device)
    {
        var (desired, reported) = (Desired.DeepClone().AsObject(), Reported.DeepClone().AsObject());
        (desired["$metadata"], desired["$version"]) = (new JsonObject { ["$lastUpdated"] = FakeIotHub.Updated }, desiredVersion);
        reported["$metadata"] ??= new JsonObject();
        reported["$version"] ??= 1;
        return new JsonObject
        {
            ["deviceId"] = device["deviceId"]!.DeepClone(),
            ["etag"] = Tag,
            ["deviceEtag"] = device["etag"]!.DeepClone(),
            ["status"] = device["status"]!.DeepClone(),
            ["statusUpdateTime"] = "0001-01-01T00:00:00Z",
            ["connectionState"] = device["connectionState"]?.DeepClone() ?? "Disconnected",
            ["lastActivityTime"] = "0001-01-01T00:00:00Z",
            ["cloudToDeviceMessageCount"] = 0,
            ["authenticationType"] = device["authentication"]?["type"]?.DeepClone() ?? "none",
            ["x509Thumbprint"] = new JsonObject { ["primaryThumbprint"] = null, ["secondaryThumbprint"] = null },
            ["modelId"] = "",
            ["version"] = version,
            ["tags"] = Tags.DeepClone(),
            ["properties"] = new JsonObject { ["desired"] = desired, ["reported"] = reported },
            ["capabilities"] = new JsonObject { ["iotEdge"] = false },
        };
    }

    private static void Merge(JsonObject into, JsonNode? patch)
    {
        foreach (var (name, value) in patch as JsonObject ?? [])
        {
            if (value is JsonObject deeper && into[name] is JsonObject there)
            {
                Merge(there, deeper);
            }
            else if (value is null)
            {
                into.Remove(name);
            }
            else
            {
                into[name] = value.DeepClone();
            }
        }
    }
}
