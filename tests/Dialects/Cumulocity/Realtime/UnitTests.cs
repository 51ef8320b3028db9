using System.Text.Json.Nodes;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Realtime;

/// <summary>The system of units that a handshake asks for (reference 2.2).</summary>
public sealed class UnitTests
{
    private const string Imperial = """{"systemOfUnits":"imperial"}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_polls_gets_values_in_the_units_asked_for()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var device = await cloud.Cloud.AddDeviceAsync("d");
        var asIs = await HandshakeAsync(cloud, "{}");
        var imperial = await HandshakeAsync(cloud, Imperial);
        foreach (var client in new[] { asIs, imperial })
        {
            await cloud.TalkAsync(Subscribe(client, device));
        }

        await MeasureAsync(cloud, device);

        Assert.Equal("21.5 C", Shown((await cloud.ConnectAsync(asIs, 0))[0]!));
        Assert.Equal("70.7 F", Shown((await cloud.ConnectAsync(imperial, 0))[0]!));
    }

    [Fact]
    public async Task Sockets_of_two_systems_hear_of_one_measurement_each_in_its_own()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var device = await cloud.Cloud.AddDeviceAsync("d");
        await using var asIs = await cloud.OpenAsync();
        await using var imperial = await cloud.OpenAsync();
        foreach (var (socket, ext) in new[] { (asIs, ""), (imperial, ""","systemOfUnits":"imperial" """) })
        {
            var welcome = await socket.AskAsync(
                $$$"""[{"channel":"/meta/handshake","ext":{"com.cumulocity.authn":{"token":"{{{RealtimeCloud.Token("admin")}}}"}{{{ext}}}}}]"""
            );
            Assert.True((bool)(await socket.AskAsync(Subscribe((string)welcome["clientId"]!, device)))["successful"]!);
        }

        await MeasureAsync(cloud, device);

        Assert.Equal("21.5 C", Shown(await asIs.NextAsync()));
        Assert.Equal("70.7 F", Shown(await imperial.NextAsync()));
    }

    [Fact]
    public async Task There_is_no_other_system()
    {
        await using var cloud = await RealtimeCloud.StartAsync();

        var reply = (await cloud.TalkAsync("""[{"channel":"/meta/handshake","ext":{"systemOfUnits":"old"} }]"""))[0]!;

        Assert.False((bool)reply["successful"]!);
        Assert.Equal("400::ext.systemOfUnits is imperial or metric", (string)reply["error"]!);
    }

    private static async Task<string> HandshakeAsync(RealtimeCloud cloud, string ext) =>
        (string)(await cloud.TalkAsync($$"""[{"channel":"/meta/handshake","ext":{{ext}} }]"""))[0]!["clientId"]!;

    private static string Subscribe(string client, DeviceTwin device) =>
        $$"""[{"channel":"/meta/subscribe","clientId":"{{client}}","subscription":"/measurements/{{device.Id}}"}]""";

    private static async Task MeasureAsync(RealtimeCloud cloud, DeviceTwin device)
    {
        var measurement = new JsonObject
        {
            ["device"] = device.Id,
            ["time"] = cloud.Cloud.Time.GetUtcNow(),
            ["values"] = new JsonObject { ["c8y_Temperature"] = new JsonObject { ["T"] = 21.5 } },
            ["units"] = new JsonObject { ["c8y_Temperature"] = new JsonObject { ["T"] = "C" } },
        };
        await cloud.One.Changes.CommitAsync(
            TestCloud.Tenant,
            [],
            [new Change(TelemetryPipeline.ChangeKind, device.Id, "create", measurement)],
            Cancellation
        );
    }

    private static string Shown(JsonNode notification)
    {
        var quantity = notification["data"]!["data"]!["c8y_Temperature"]!["T"]!;
        return $"{quantity["value"]} {quantity["unit"]}";
    }
}
