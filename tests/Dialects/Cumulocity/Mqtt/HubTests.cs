using System.Text;
using Serverless.Contracts;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Mqtt.Custom;
using Serverless.Dialects.Cumulocity.Mqtt.Hub;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Tests.Cumulocity.Mqtt;

/// <summary>SmartREST and JSON that come as messages of IoT Hub.</summary>
public sealed class HubTests
{
    [Fact]
    public async Task A_message_is_done_once_though_it_comes_twice()
    {
        await using var server = await MqttServer.StartAsync();
        var device = await server.Cloud.AddDeviceAsync("d1");
        var handler = Handler(server);
        var message = Message("d1", "smartrest", "s/us", "211,25\n400,t,x", server);
        Assert.True(handler.Handles(message));
        await handler.HandleAsync(MqttServer.Tenant, device, message, MqttServer.Cancellation);
        await Handler(server).HandleAsync(MqttServer.Tenant, device, message, MqttServer.Cancellation);
        Assert.Equal(2, server.Api.Changes.Count);
        Assert.All(server.Api.Changes, call => Assert.Contains($"\"source\":{{\"id\":\"{device.Id}\"}}", call));
        var twin = await server.Cloud.TwinAsync(device);
        Assert.Equal(("d1", "device_d1"), (twin.NameIn("c8y_Serial"), twin.Owner));
    }

    [Fact]
    public async Task So_is_one_whose_end_was_not_noted()
    {
        await using var server = await MqttServer.StartAsync();
        var device = await server.Cloud.AddDeviceAsync("d1");
        var message = Message("d1", "smartrest", "s/us", "400,t,x", server);
        await Handler(server).HandleAsync(MqttServer.Tenant, device, message, MqttServer.Cancellation);
        var made = System.Text.Json.Nodes.JsonNode.Parse(server.Api.Changes[0]["POST /event/events ".Length..])!;
        server.Api.Answers["GET /event/events?source="] = () =>
            new System.Text.Json.Nodes.JsonObject { ["events"] = new System.Text.Json.Nodes.JsonArray(made.DeepClone()) };
        var again = Message("d1", "smartrest", "s/us", "400,t,x\n", server);
        await Handler(server).HandleAsync(MqttServer.Tenant, device, again, MqttServer.Cancellation);
        Assert.Single(server.Api.Changes);
    }

    [Fact]
    public async Task What_is_refused_is_a_dead_letter_with_the_reasons()
    {
        await using var server = await MqttServer.StartAsync();
        var device = await server.Cloud.AddDeviceAsync("d1");
        server.Api.Refuse("POST /event/events", CumulocityErrors.MissingFields(["text"]));
        var message = Message("d1", "smartrest", "s/us", "999\n211,1\n400,t,x", server);
        var refused = await Assert.ThrowsAsync<PayloadException>(() =>
            Handler(server).HandleAsync(MqttServer.Tenant, device, message, MqttServer.Cancellation)
        );
        Assert.Equal(
            "40,999,There is no static template with this message id\n41,400,Following mandatory fields should be included: text",
            refused.Message
        );
        var without = message with { Properties = new Dictionary<string, string> { ["dialect"] = "smartrest" } };
        await Assert.ThrowsAsync<PayloadException>(() =>
            Handler(server).HandleAsync(MqttServer.Tenant, device, without, MqttServer.Cancellation)
        );
    }

    [Fact]
    public async Task JSON_comes_so_too()
    {
        await using var server = await MqttServer.StartAsync();
        var device = await server.Cloud.AddDeviceAsync("d1");
        var message = Message("d1", "c8y-json", "measurement/measurements/create", """{"type":"x"}""", server);
        await Handler(server).HandleAsync(MqttServer.Tenant, device, message, MqttServer.Cancellation);
        Assert.Equal([$$$"""POST /measurement/measurements {"type":"x","source":{"id":"{{{device.Id}}}"}}"""], server.Api.Changes);
        Assert.False(Handler(server).Handles(message with { Properties = DeviceMessage.NoProperties }));
    }

    private static HubMessages Handler(MqttServer server) =>
        new(
            server.Cloud.One.Devices,
            server.Devices,
            server.Api,
            new TemplateCollections(server.Cloud.One.Devices, server.Cloud.One.Service, server.Cloud.Time),
            server.Cloud.One.DeadLetters,
            new MessageClock(server.Cloud.Time),
            server.Cloud.Store,
            server.Cloud.Time,
            new RecordingLogger<HubMessages>()
        );

    private static DeviceMessage Message(string hubId, string dialect, string topic, string payload, MqttServer server) =>
        new(
            hubId,
            Encoding.UTF8.GetBytes(payload),
            server.Cloud.Time.GetUtcNow(),
            MessageSource.Telemetry,
            DeviceMessage.NoProperties,
            new Dictionary<string, string> { ["dialect"] = dialect, ["topic"] = topic }
        );
}
