using System.Text;
using System.Text.Json.Nodes;
using Serverless.Dialects.Management.Routing;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Time;

namespace Serverless.Dialects.Management.Resources;

/// <summary>What goes to a device: direct methods, which are answered at once, and messages, which wait for it.</summary>
internal sealed class DeviceCallRoutes(DeviceDirectory devices, IDeviceGateway gateway)
{
    // IoT Hub takes no larger cloud-to-device messages.
    private const int LargestMessage = 64 * 1024;

    public IEnumerable<ManagementRoute> All() =>
        [
            new("POST", "/devices/{id}/methods", "invokeMethod", Access.User, "Call a method on a connected device", InvokeAsync)
            {
                Request = "MethodCall",
                Response = "MethodResult",
                Problems = [Problems.DeviceOffline, Problems.DeviceTimeout],
            },
            new("POST", "/devices/{id}/messages", "sendMessage", Access.User, "Queue a message for a device", SendAsync)
            {
                Request = "CloudMessage",
                Response = "QueuedMessage",
                Status = 202,
            },
        ];

    private async Task<Answer> InvokeAsync(ManagementRequest request)
    {
        var twin = (await devices.GetAsync(request)).Value;
        var body = await request.ReadBodyAsync();
        var name = body.Text("name")!;
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or ':'))
        {
            throw DomainException.Invalid("name", "A method's name is ASCII letters, digits and - . _ :");
        }

        var call = new MethodCall(
            name,
            body["payload"]?.DeepClone(),
            TimeSpan.FromSeconds(body.Integer("responseTimeout", 30)),
            TimeSpan.FromSeconds(body.Integer("connectTimeout", 0))
        );
        var result = await gateway.InvokeMethodAsync(twin.HubId, call, request.Cancellation);
        return Answer.Ok(new JsonObject { ["status"] = result.Status, ["payload"] = result.Payload?.DeepClone() });
    }

    private async Task<Answer> SendAsync(ManagementRequest request)
    {
        var twin = (await devices.GetAsync(request)).Value;
        var message = Read(await request.ReadBodyAsync());
        await gateway.SendAsync(twin.HubId, message, request.Cancellation);
        return new Answer(202, new JsonObject { ["messageId"] = message.MessageId });
    }

    private static CloudToDeviceMessage Read(JsonObject body)
    {
        if (body.ContainsKey("body") == body.ContainsKey("bodyBase64"))
        {
            throw DomainException.Invalid("body", "A message has a body or a bodyBase64.");
        }

        var (member, payload) = body.Text("bodyBase64") is { } base64
            ? ("bodyBase64", Decode(base64))
            : ("body", Encoding.UTF8.GetBytes(body["body"]?.ToJsonString() ?? "null"));
        if (payload.Length > LargestMessage)
        {
            throw DomainException.Invalid(member, "A message has at most 65,536 bytes.");
        }

        var system = new Dictionary<string, string>();
        Add(system, "content-type", body.Text("contentType") ?? (member == "body" ? "application/json" : null));
        Add(system, "correlation-id", body.Text("correlationId"));
        var properties = body.Object("properties")?.ToDictionary(item => item.Key, item => item.Value!.GetValue<string>()) ?? [];
        return new CloudToDeviceMessage(
            body.Text("messageId") ?? Guid.NewGuid().ToString(),
            payload,
            system,
            properties,
            Iso8601.TryParse(body.Text("expires"), out var nanoseconds) ? DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100) : null
        );
    }

    private static byte[] Decode(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length)
            ? bytes[..length]
            : throw DomainException.Invalid("bodyBase64", "It is no base64.");
    }

    private static void Add(Dictionary<string, string> system, string name, string? value)
    {
        if (value is not null)
        {
            system[name] = value;
        }
    }
}
