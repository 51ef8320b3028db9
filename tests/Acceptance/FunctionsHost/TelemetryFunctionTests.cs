using System.Net;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.FunctionsHost;

/// <summary>Batches of the Event Hubs trigger, POSTed as the Functions host does it.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class TelemetryFunctionTests : IAsyncLifetime
{
    private HostedCloud cloud = null!;

    private string First => cloud.Devices[0].Uuid;

    private string Second => cloud.Devices[1].Uuid;

    [Fact]
    public async Task A_batch_is_read_back_through_the_proxy()
    {
        await cloud.Host.InvokeAsync(
            "telemetry",
            Envelope.Many(
                HostEvent.Of(First, """{"timestamp":1595328301000,"temp":21.5}""", 100),
                HostEvent.Of(Second, """{"temp":-3}""", 101) with
                {
                    Enqueued = new DateTime(2026, 8, 1, 12, 34, 57),
                }
            )
        );

        using var reader = await cloud.Host.LogInAsync(HostedCloud.Admin);
        Assert.Equal(
            $$$"""{"{{{First}}}":{"auto~temp":[{"timestamp":"2020-07-21T10:45:01Z","values":{"value":21.5}}]}}""",
            await reader.LastAsync(First, "auto~temp")
        );
        var (time, value) = Assert.Single(await reader.PointsAsync(Second, "auto~temp"));
        Assert.StartsWith("2026-08-01T12:34:57", time, StringComparison.Ordinal);
        Assert.Equal(-3, value);
    }

    [Fact]
    public async Task A_single_event_of_cardinality_one_is_taken_too()
    {
        await cloud.Host.InvokeAsync("telemetry", Envelope.One(HostEvent.Of(First, """{"timestamp":1595328301000,"temp":21.5}""", 100)));

        using var reader = await cloud.Host.LogInAsync(HostedCloud.Admin);
        Assert.Single(await reader.PointsAsync(First, "auto~temp"));
    }

    [Fact]
    public async Task A_batch_that_comes_again_changes_nothing()
    {
        var batch = Envelope.Many([.. Enumerable.Range(0, 50).Select(i => HostEvent.Of(First, $$"""{"temp":{{i}}}""", i))]);
        using var reader = await cloud.Host.LogInAsync(HostedCloud.Admin);

        await cloud.Host.InvokeAsync("telemetry", batch);
        var once = await reader.DataAsync(First, "auto~temp");
        await cloud.Host.InvokeAsync("telemetry", batch);
        await cloud.Host.InvokeAsync("telemetry", batch);

        Assert.Equal(once, await reader.DataAsync(First, "auto~temp"));
        Assert.Equal(
            Enumerable.Range(0, 50).Select(i => (double)i),
            (await reader.PointsAsync(First, "auto~temp")).Select(point => point.Value)
        );
    }

    [Fact]
    public async Task What_cannot_be_read_is_dead_lettered_and_the_rest_of_its_batch_goes_on()
    {
        var batch = Envelope.Many(
            HostEvent.Of(First, """{"timestamp":1595328301000,"temp":1}""", 1),
            HostEvent.Of(First, "{bad json", 2),
            new HostEvent(First, [0x1f, 0x8b, 0x08, 0xff, 0x00], 3),
            HostEvent.Of("nobody-knows-it", """{"temp":2}""", 4),
            HostEvent.Of(First, """{"temp":3}""", 5) with
            {
                Source = "mysteryEvents",
            },
            HostEvent.Of(Second, """{"timestamp":1595328302000,"temp":4}""", 6)
        );

        await cloud.Host.InvokeAsync("telemetry", batch);
        await cloud.Host.InvokeAsync("telemetry", batch);

        using var reader = await cloud.Host.LogInAsync(HostedCloud.Admin);
        Assert.Equal([("2020-07-21T10:45:01Z", 1)], await reader.PointsAsync(First, "auto~temp"));
        Assert.Equal([("2020-07-21T10:45:02Z", 4)], await reader.PointsAsync(Second, "auto~temp"));
        Assert.Equal(4, await cloud.DeadLettersAsync());
    }

    [Fact]
    public async Task Nothing_in_an_envelope_is_trusted_to_be_there()
    {
        var body = Convert.ToBase64String("""{"temp":1}"""u8);
        var device = new JsonArray(new JsonObject { ["iothub-connection-device-id"] = First }).ToJsonString();
        string[] envelopes =
        [
            "",
            "null",
            "[]",
            "{}",
            "garbage",
            """{"Data":null,"Metadata":null}""",
            """{"Data":{"events":null}}""",
            """{"Data":{"events":7}}""",
            """{"Data":{"events":{}}}""",
            """{"Data":{"events":"["}}""",
            """{"Data":{"events":"[]"}}""",
            """{"Data":{"events":"[null,7,{},\"%%%\"]"}}""",
            """{"Data":{"events":"\ud800"}}""",
            Envelope.Of($"[\"{body}\"]", null),
            Envelope.Of($"[\"{body}\"]", new JsonObject { ["SystemPropertiesArray"] = "[]", ["PropertiesArray"] = "7" }),
            Envelope.Of($"[\"{body}\"]", new JsonObject { ["SystemPropertiesArray"] = "[null]", ["EnqueuedTimeUtcArray"] = "[[]]" }),
            Envelope.Of($"[\"{body}\"]", new JsonObject { ["SystemPropertiesArray"] = device, ["EnqueuedTimeUtcArray"] = "[\"soon\"]" }),
        ];
        foreach (var envelope in envelopes)
        {
            await cloud.Host.InvokeAsync("telemetry", envelope);
        }

        using var reader = await cloud.Host.LogInAsync(HostedCloud.Admin);
        Assert.Single(await reader.PointsAsync(First, "auto~temp"));
    }

    [Fact]
    public async Task A_body_of_40_megabytes_is_taken()
    {
        var blob = new string('x', 190_000);
        var events = Enumerable
            .Range(0, 160)
            .Select(i => HostEvent.Of(First, $$"""{"timestamp":{{1595328301000 + i}},"temp":{{i}},"blob":"{{blob}}"}""", i));
        var envelope = Envelope.Many([.. events]);
        Assert.True(envelope.Length > 40_000_000, $"{envelope.Length}");

        await cloud.Host.InvokeAsync("telemetry", envelope);

        using var reader = await cloud.Host.LogInAsync(HostedCloud.Admin);
        Assert.Equal(160, (await reader.PointsAsync(First, "auto~temp")).Count);
    }

    [Theory]
    [InlineData("through the proxy")]
    [InlineData("through the proxy, with the host's user agent")]
    [InlineData("past the proxy, with no header")]
    [InlineData("with X-Forwarded-For")]
    public async Task A_forged_invocation_is_refused_and_nothing_is_stored(string how)
    {
        var envelope = Envelope.Many(HostEvent.Of(First, """{"temp":1}"""));

        using var response = await cloud.Host.ForgeAsync(
            "telemetry",
            envelope,
            headers =>
            {
                switch (how)
                {
                    case "through the proxy":
                        FakeHost.ProxyHeaders(headers);
                        break;
                    case "through the proxy, with the host's user agent":
                        FakeHost.ProxyHeaders(headers);
                        headers.UserAgent.ParseAdd("Azure-Functions-Host/4.1037.0");
                        break;
                    case "with X-Forwarded-For":
                        FakeHost.InvocationHeaders(headers);
                        headers.Add("X-Forwarded-For", "203.0.113.9");
                        break;
                }
            }
        );

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        using var reader = await cloud.Host.LogInAsync(HostedCloud.Admin);
        Assert.Equal("[]", await reader.DataAsync(First, "auto~temp"));
        Assert.Equal(0, await cloud.DeadLettersAsync());
    }

    public async ValueTask InitializeAsync() => cloud = await HostedCloud.StartAsync();

    public async ValueTask DisposeAsync() => await cloud.DisposeAsync();
}
