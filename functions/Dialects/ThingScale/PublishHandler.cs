using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.ThingScale.Devices;
using Serverless.Dialects.ThingScale.Requests;
using Serverless.Domain.Commands;

namespace Serverless.Dialects.ThingScale;

/// <summary>
/// The Publish service, POST /v2/publish/{device_id} {"qos":0|1,"payload":"dout=on"}: a command of the domain, which reaches the device on the topic
/// DEVICE_TOKEN/DEVICE_ID/subscribe (dev.thingscale.io, Publish service).
/// </summary>
/// <remarks>
/// [I] A device that is away gets it when it comes, until the deadline of the account's commands. The answer is {"message_id"}, the command's id in the other
/// APIs.
/// </remarks>
internal sealed class PublishHandler(DeviceRegistry registry, CommandDirectory commands)
{
    /// <summary>The message's property that says at which QoS it goes.</summary>
    public const string QosProperty = "qos";

    private const int LongestPayload = 48 * 1024;

    public async Task PostAsync(ThingScaleRequest request)
    {
        var device = await registry.GetAsync(request.Tenant, request.Id, request.Cancellation);
        var body = await request.ReadBodyAsync();
        Members.CheckNames(body, "qos", "payload");
        var payload = Members.Text(body, "payload", null, LongestPayload) ?? throw ThingScaleError.BadJson.Refused();
        var command = await commands.CreateAsync(
            request.Tenant,
            new NewCommand
            {
                Device = device.Value.Id,
                Dialect = ThingScaleDialect.DialectName,
                User = request.Caller.User,
                Name = "publish",
                Payload = JsonValue.Create(payload),
                Properties = new Dictionary<string, string> { [QosProperty] = Qos(body) == 0 ? "0" : "1" },
                Delivery = CommandDelivery.Message,
                Reply = CommandReply.None,
            },
            request.Cancellation
        );
        await request.WriteAsync(
            StatusCodes.Status200OK,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("message_id", command.Value.Id);
                writer.WriteEndObject();
            }
        );
    }

    private static int Qos(JsonObject body) =>
        !body.TryGetPropertyValue("qos", out var node) ? 0
        : node?.GetValueKind() == JsonValueKind.Number && node.AsValue().TryGetValue<int>(out var qos) && qos is 0 or 1 ? qos
        : throw ThingScaleError.BadJson.Refused();
}
