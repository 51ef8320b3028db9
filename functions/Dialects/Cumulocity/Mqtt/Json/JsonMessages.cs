using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Mqtt.Devices;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Mqtt.Json;

/// <summary>Messages of JSON via MQTT (reference 4): the bodies of the REST API, whose source is the client's own device, or one behind it that externalSource names.</summary>
internal static class JsonMessages
{
    private const int MostDepth = 64;
    private const string Area = "undefined";

    /// <exception cref="CumulocityException">The message is none, or the API refuses it.</exception>
    public static async Task TakeAsync(JsonTopic topic, ReadOnlyMemory<byte> payload, DeviceDoor door)
    {
        switch (topic.Resource, topic.Action)
        {
            case (_, JsonAction.Delete):
                await door.DeleteAsync($"/{topic.Resource}/{Escaped(Id(topic))}");
                break;
            case (JsonTopic.Objects, JsonAction.Update):
                await UpdateObjectAsync(topic, Read(payload), door);
                break;
            case (_, JsonAction.Update):
                await door.PutAsync($"/{topic.Resource}/{Escaped(Id(topic))}", Read(payload));
                break;
            case (JsonTopic.Objects, _):
                await CreateObjectAsync(topic, Read(payload), door);
                break;
            case (JsonTopic.Children, _):
                var parent = await FindAsync(door, topic.Id!);
                await door.PostAsync($"/inventory/managedObjects/{parent.Id}/childDevices", Read(payload), "managedobject");
                break;
            case (_, JsonAction.CreateBulk):
                await CreateManyAsync(topic, Read(payload), door);
                break;
            default:
                await door.PostAsync($"/{topic.Resource}", await WithSourceAsync(Read(payload), door));
                break;
        }
    }

    private static async Task CreateManyAsync(JsonTopic topic, JsonObject body, DeviceDoor door)
    {
        var name = topic.Resource[(topic.Resource.IndexOf('/') + 1)..];
        if (body[name] is not JsonArray items || items.Any(item => item is not JsonObject))
        {
            throw CumulocityErrors.MissingFields([name]);
        }

        var all = new JsonArray();
        foreach (var item in items.OfType<JsonObject>())
        {
            all.Add((JsonNode)await WithSourceAsync(item.DeepClone().AsObject(), door));
        }

        if (topic.Resource == JsonTopic.Measurements)
        {
            await door.PostAsync("/measurement/measurements", new JsonObject { [name] = all }, "measurementcollection");
            return;
        }

        // The API takes a collection of nothing else.
        foreach (var item in all)
        {
            await door.PostAsync($"/{topic.Resource}", item!.DeepClone());
        }
    }

    private static async Task CreateObjectAsync(JsonTopic topic, JsonObject body, DeviceDoor door)
    {
        if (topic.Id is not { } name)
        {
            await door.PostAsync("/inventory/managedObjects", body);
            return;
        }

        body["externalIds"] = new JsonArray(new JsonObject { ["type"] = MqttDevices.Serial, ["externalId"] = name });
        await door.PostAsync("/inventory/managedObjects", body);
    }

    private static async Task UpdateObjectAsync(JsonTopic topic, JsonObject body, DeviceDoor door)
    {
        var twin = topic.Id is null || topic.Id == door.Serial ? await door.RootAsync() : await FindAsync(door, topic.Id);
        await door.PatchAsync(twin, body);
    }

    /// <summary>An object by its serial, else by its id.</summary>
    private static async Task<DeviceTwin> FindAsync(DeviceDoor door, string name) =>
        name == door.Serial ? await door.RootAsync()
        : await door.Devices.FindByNameAsync(door.Tenant, name, door.Cancellation) is { } found ? found
        : throw CumulocityErrors.NotFound("identity", $"External id not found; external id = ID [type={MqttDevices.Serial}, value={name}]");

    private static async Task<JsonObject> WithSourceAsync(JsonObject body, DeviceDoor door)
    {
        var source = await SourceAsync(body, door);
        body.Remove("externalSource");
        body["source"] = new JsonObject { ["id"] = source.Id };
        return body;
    }

    private static async Task<DeviceTwin> SourceAsync(JsonObject body, DeviceDoor door)
    {
        if (body["externalSource"] is not { } named)
        {
            return await door.DeviceAsync();
        }

        if (named is not JsonObject external || Text(external, "externalId") is not { Length: > 0 } id)
        {
            throw CumulocityErrors.MissingFields(["externalSource.externalId"]);
        }

        var type = Text(external, "type") ?? MqttDevices.Serial;
        return await door.Devices.FindOrMakeChildAsync(door, type, id)
            ?? throw CumulocityErrors.NotFound("identity", $"External id not found; external id = ID [type={type}, value={id}]");
    }

    private static string? Text(JsonObject from, string name) =>
        from[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static string Id(JsonTopic topic) => topic.Id ?? throw CumulocityErrors.Invalid(Area, "The topic's last level is to be an id.");

    private static string Escaped(string id) => Uri.EscapeDataString(id);

    private static JsonObject Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = MostDepth, AllowDuplicateProperties = false };
            if (JsonNode.Parse(payload.Span, null, options) is JsonObject body)
            {
                // Read to the end: strings that are no well-formed text show only then.
                _ = body.ToJsonString();
                return body;
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or ArgumentException)
        {
            throw CumulocityErrors.Invalid(Area, $"The message is no well-formed JSON: {broken.Message}");
        }

        throw CumulocityErrors.Invalid(Area, "The message is to be a JSON object.");
    }
}
