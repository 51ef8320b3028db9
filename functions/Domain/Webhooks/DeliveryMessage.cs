using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Domain.Webhooks;

/// <summary>A nudge as a message of a queue: {"tenant":"t1","webhook":"…","id":"…"}.</summary>
public static class DeliveryMessage
{
    public static string Write(DeliveryRef delivery) =>
        new JsonObject
        {
            ["tenant"] = delivery.Tenant,
            ["webhook"] = delivery.Webhook,
            ["id"] = delivery.Id,
        }.ToJsonString();

    /// <summary>The delivery that a message names, or null where it names none.</summary>
    public static DeliveryRef? Read(JsonElement message) =>
        message.ValueKind == JsonValueKind.Object
        && Text(message, "tenant") is { } tenant
        && Text(message, "webhook") is { } webhook
        && Text(message, "id") is { } id
            ? new DeliveryRef(tenant, webhook, id)
            : null;

    private static string? Text(JsonElement message, string name) =>
        message.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
