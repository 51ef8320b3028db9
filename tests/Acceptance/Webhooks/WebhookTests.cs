using System.Net;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;
using Serverless.Acceptance.Tests.Thingsee;

namespace Serverless.Acceptance.Tests.Webhooks;

/// <summary>Events come to a real HTTPS receiver, signed so that the npm package standardwebhooks verifies them.</summary>
[Collection(WebhookCloudTests.Name)]
public sealed class WebhookTests : IAsyncLifetime
{
    private const string ClientSecret = "the secret of the program";
    private static readonly TestUser Admin = new("admin", "hooks and lines", "admin");
    private readonly ScratchFolder folder = new();
    private readonly TestDevice device = TestDevice.New();
    private readonly string tuid = $"TSPR04{Guid.NewGuid():N}"[..17].ToUpperInvariant();
    private WebhookReceiver receiver = null!;
    private CloudProcess cloud = null!;
    private ManagementClient management = null!;

    public async ValueTask InitializeAsync()
    {
        receiver = await WebhookReceiver.StartAsync(folder);
        var bootstrap = new TestBootstrap().Tenant("t1", [Admin], [device]);
        var options = new CloudOptions { Data = folder.At("data"), Bootstrap = bootstrap };
        cloud = await CloudProcess.StartAsync(receiver.Allowed(options, "--webhooks-retries", "0,0.5,0.5,0.5"));
        management = await ManagementClient.LogInAsync(cloud.Http, Admin);
    }

    public async ValueTask DisposeAsync()
    {
        management?.Dispose();
        await (cloud?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (receiver?.DisposeAsync() ?? ValueTask.CompletedTask);
        folder.Dispose();
    }

    [Fact]
    public async Task An_event_comes_signed_to_whom_it_concerns()
    {
        var all = await RegisterAsync("/all");
        await RegisterAsync("/others", new JsonObject { ["types"] = new JsonArray("serverless.command.*") });

        var made = (await management.DoAsync(HttpMethod.Post, "devices", new JsonObject { ["name"] = "Pump 1" }))!;

        var received = await receiver.NextAsync();
        Assert.Equal(("/all", "serverless.device.created", 1), (received.Path, received.Type, received.Attempt));
        Assert.Equal($"devices/{made["id"]}", (string)received.Body["subject"]!);
        Assert.Equal("Pump 1", (string)received.Body["data"]!["name"]!);
        Assert.True((bool)received.Verified[all.Secret]!);
        Assert.Equal("application/cloudevents+json; charset=utf-8", (string)received.Headers["content-type"]!);
        var delivery = await DeliveryAsync(all.Id, received.Id, "Delivered");
        Assert.Equal(200, (int)Assert.Single(delivery["attempts"]!.AsArray())!["status"]!);
        Assert.Empty((await management.GetAsync($"webhooks/{all.Id}/dead-letters"))!["items"]!.AsArray());
        Assert.Empty(receiver.All());
    }

    [Fact]
    public async Task The_echo_of_a_command_travels_on_to_the_webhook()
    {
        var hook = await RegisterAsync("/echo", new JsonObject { ["types"] = new JsonArray("serverless.command.acknowledged") });
        var program = new JsonObject { ["id"] = "api-user", ["secret"] = ClientSecret };
        await management.DoAsync(HttpMethod.Post, "clients", program);
        var name = new JsonObject { ["type"] = "tuid", ["value"] = tuid };
        await management.DoAsync(HttpMethod.Patch, $"devices/{device.Uuid}", new JsonObject { ["externalIds"] = new JsonArray(name) });
        using var client = await ThingseeClient.LogInAsync(cloud.Http, "api-user", ClientSecret);
        await client.PostAsync($"things/{tuid}/commands", new JsonArray(Message(30, "tsmDstTuid")));

        await using var node = await NodeDevice.OpenAsync(cloud, device);
        await node.SendAsync(new JsonArray(Message(31, "tsmTuid")));

        var received = await receiver.NextAsync();
        Assert.Equal("serverless.command.acknowledged", received.Type);
        Assert.Equal(("thingsee", "7"), ((string)received.Body["data"]!["dialect"]!, (string)received.Body["data"]!["transactionId"]!));
        Assert.True((bool)received.Verified[hook.Secret]!);
    }

    [Fact]
    public async Task A_crossing_and_a_silence_go_from_the_devices_MQTT_to_the_verified_signature()
    {
        var hook = await RegisterAsync("/rules", new JsonObject { ["types"] = new JsonArray("serverless.threshold.*") });
        foreach (
            var rule in new[]
            {
                """{"name":"too hot","measurement":"heat","condition":{"operator":"Greater","threshold":80,"hysteresis":5},"alarm":{"type":"hot","severity":"Major"}}""",
                """{"name":"quiet","measurement":"pulse","silenceSeconds":2,"alarm":{"type":"quiet","severity":"Minor"}}""",
            }
        )
        {
            await management.DoAsync(HttpMethod.Post, "rules", JsonNode.Parse(rule)!);
        }

        await using var node = await NodeDevice.OpenAsync(cloud, device);
        foreach (var value in new[] { 20, 81, 95, 76, 74, 90 })
        {
            await node.SendAsync(new JsonObject { ["heat"] = value });
        }

        // Nobody sends pulses: the devices that there are have been silent since the rule was made.
        var told = new List<string>();
        while (told.Count < 4)
        {
            var received = await receiver.NextAsync();
            Assert.True((bool)received.Verified[hook.Secret]!);
            told.Add(
                $"{received.Body["data"]!["ruleName"]} {received.Type["serverless.threshold.".Length..]} {received.Body["data"]!["value"]}"
            );
        }

        Assert.Equal(
            ["quiet crossed ", "too hot cleared 74", "too hot crossed 81", "too hot crossed 90"],
            told.Order(StringComparer.Ordinal)
        );
        var alarms = (await management.GetAsync("alarms"))!["items"]!.AsArray().Select(alarm => $"{alarm!["type"]} {alarm["status"]}");
        Assert.Equal(["hot Active", "hot Cleared", "quiet Active"], alarms.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_fails_is_tried_again_with_the_same_id_until_it_is_a_dead_letter_that_can_be_replayed()
    {
        var hook = await RegisterAsync("/fails", new JsonObject { ["types"] = new JsonArray("serverless.webhook.test") });
        await receiver.PlanAsync("/fails", new JsonObject { ["statuses"] = new JsonArray(500, 503, 302, 404, 200) });

        var sent = (string)(await management.DoAsync(HttpMethod.Post, $"webhooks/{hook.Id}/test"))!["id"]!;

        for (var attempt = 1; attempt <= 4; attempt++)
        {
            var received = await receiver.NextAsync();
            Assert.Equal((sent, attempt), (received.Id, received.Attempt));
        }

        await DeliveryAsync(hook.Id, sent, "DeadLetter");
        var letter = Assert.Single((await management.GetAsync($"webhooks/{hook.Id}/dead-letters"))!["items"]!.AsArray())!;
        Assert.Equal([500, 503, 302, 404], letter["attempts"]!.AsArray().Select(attempt => (int)attempt!["status"]!));
        Assert.Equal("The last attempt failed.", (string)letter["reason"]!);

        await management.DoAsync(HttpMethod.Post, $"webhooks/{hook.Id}/dead-letters/{sent}/replay");
        Assert.Equal((sent, 5), await receiver.NextAsync() is var replayed ? (replayed.Id, replayed.Attempt) : default);
        await DeliveryAsync(hook.Id, sent, "Delivered");
        Assert.Empty((await management.GetAsync($"webhooks/{hook.Id}/dead-letters"))!["items"]!.AsArray());
    }

    [Fact]
    public async Task Both_secrets_verify_while_one_replaces_the_other()
    {
        var hook = await RegisterAsync("/rotates");
        var rotated = (await management.DoAsync(HttpMethod.Post, $"webhooks/{hook.Id}/secret"))!;
        var secret = (string)rotated["secret"]!;
        await receiver.PlanAsync("/rotates", new JsonObject { ["secrets"] = new JsonArray(hook.Secret, secret) });

        await management.DoAsync(HttpMethod.Post, $"webhooks/{hook.Id}/test");
        var both = await receiver.NextAsync();
        Assert.True((bool)both.Verified[hook.Secret]!);
        Assert.True((bool)both.Verified[secret]!);

        await management.DoAsync(HttpMethod.Post, $"webhooks/{hook.Id}/secret", new JsonObject { ["overlapSeconds"] = 0 });
        await management.DoAsync(HttpMethod.Post, $"webhooks/{hook.Id}/test");
        Assert.Equal("No matching signature found", (string)(await receiver.NextAsync()).Verified[secret]!);
    }

    [Fact]
    public async Task An_endpoint_that_does_not_consent_gets_nothing_until_it_does()
    {
        await receiver.PlanAsync("/shy", new JsonObject { ["origin"] = null });
        var (status, body) = await management.SendAsync(HttpMethod.Post, "webhooks", new JsonObject { ["url"] = receiver.UrlOf("/shy") });
        var handshake = await receiver.NextHandshakeAsync();
        Assert.Equal("localhost", (string)handshake["headers"]!["webhook-request-origin"]!);
        Assert.Equal((HttpStatusCode.Created, "PendingValidation"), (status, (string)body!["state"]!));
        Assert.Contains("answered OPTIONS with 200 and no WebHook-Allowed-Origin", (string)body["reason"]!, StringComparison.Ordinal);
        var (refused, _) = await management.SendAsync(HttpMethod.Post, $"webhooks/{body["id"]}/test");
        Assert.Equal(HttpStatusCode.Conflict, refused);

        await receiver.PlanAsync("/shy", new JsonObject { ["origin"] = "*", ["rate"] = 600 });
        var enabled = (await management.DoAsync(HttpMethod.Post, $"webhooks/{body["id"]}/enable"))!;
        Assert.Equal(("Enabled", 600), ((string)enabled["state"]!, (int)enabled["allowedRate"]!));
    }

    [Fact]
    public async Task Event_grids_handshake_is_consent_too()
    {
        var hook = new JsonObject { ["url"] = receiver.UrlOf("/grid"), ["handshake"] = "EventGrid" };
        var made = (await management.DoAsync(HttpMethod.Post, "webhooks", hook))!;

        Assert.Equal("Enabled", (string)made["state"]!);
    }

    [Fact]
    public async Task Whoever_calls_the_url_of_event_grids_validation_event_consents_in_the_endpoints_place()
    {
        await receiver.PlanAsync("/manual", new JsonObject { ["manual"] = true });
        var hook = new JsonObject { ["url"] = receiver.UrlOf("/manual"), ["handshake"] = "EventGrid" };
        var made = (await management.DoAsync(HttpMethod.Post, "webhooks", hook))!;
        Assert.Equal("PendingValidation", (string)made["state"]!);
        var asked = JsonNode.Parse((string)(await receiver.NextHandshakeAsync())["body"]!)![0]!;
        var url = (string)asked["data"]!["validationUrl"]!;

        using var nobody = new HttpClient();
        Assert.Equal(HttpStatusCode.NotFound, (await nobody.GetAsync(url + "0", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await nobody.GetAsync(url, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await nobody.GetAsync(url, TestContext.Current.CancellationToken)).StatusCode);

        var sent = (string)(await management.DoAsync(HttpMethod.Post, $"webhooks/{made["id"]}/test"))!["id"]!;
        await DeliveryAsync((string)made["id"]!, sent, "Delivered");
    }

    [Fact]
    public async Task Gone_disables_the_webhook()
    {
        var hook = await RegisterAsync("/gone");
        await receiver.PlanAsync("/gone", new JsonObject { ["statuses"] = new JsonArray(410) });

        var sent = (string)(await management.DoAsync(HttpMethod.Post, $"webhooks/{hook.Id}/test"))!["id"]!;

        await DeliveryAsync(hook.Id, sent, "DeadLetter");
        var shown = (await management.GetAsync($"webhooks/{hook.Id}"))!;
        Assert.Equal(("Disabled", "The endpoint answered 410: it is gone."), ((string)shown["state"]!, (string)shown["reason"]!));
    }

    [Fact]
    public async Task Private_addresses_and_plain_http_are_refused_and_nothing_is_logged_of_secrets()
    {
        foreach (
            var url in new[]
            {
                "http://example.com/",
                "https://127.0.0.1/",
                "https://0x7f000001/",
                "https://[::1]/",
                "https://169.254.169.254/metadata",
                "https://localhost/",
                "https://user:pass@example.com/",
                "ftp://example.com/",
                "nonsense",
            }
        )
        {
            var (status, body) = await management.SendAsync(HttpMethod.Post, "webhooks", new JsonObject { ["url"] = url });
            Assert.True(status == HttpStatusCode.BadRequest, $"{url}: {status} {body?.ToJsonString()}");
            Assert.Equal("url", (string)body!["member"]!);
        }

        var header = new JsonObject { ["Authorization"] = "Bearer very-secret-value" };
        var hook = await RegisterAsync("/quiet?code=very-secret-query", new JsonObject { ["headers"] = header });
        var shown = (await management.GetAsync($"webhooks/{hook.Id}"))!;
        Assert.Equal("Authorization", (string)Assert.Single(shown["headerNames"]!.AsArray())!);
        Assert.DoesNotContain("very-secret-value", shown.ToJsonString(), StringComparison.Ordinal);
        await receiver.PlanAsync("/quiet?code=very-secret-query", new JsonObject { ["statuses"] = new JsonArray(500) });
        await management.DoAsync(HttpMethod.Post, $"webhooks/{hook.Id}/test");
        Assert.Equal("Bearer very-secret-value", (string)(await receiver.NextAsync()).Headers["authorization"]!);
        await Poll.UntilAsync("the failure is logged", () => cloud.Output.Count(hook.Id) > 0);
        Assert.Equal((0, 0), (cloud.Output.Count("very-secret"), cloud.Output.Count("whsec_")));
    }

    private async Task<(string Id, string Secret)> RegisterAsync(string path, JsonObject? more = null)
    {
        var hook = more ?? [];
        hook["url"] = receiver.UrlOf(path);
        var made = (await management.DoAsync(HttpMethod.Post, "webhooks", hook))!;
        Assert.Equal("Enabled", (string)made["state"]!);
        var secret = (string)made["secret"]!;
        await receiver.PlanAsync(path, new JsonObject { ["secrets"] = new JsonArray(secret) });
        return ((string)made["id"]!, secret);
    }

    private Task<JsonNode> DeliveryAsync(string hook, string id, string state) =>
        Poll.UntilAsync(
            $"the delivery is {state}",
            async () =>
            {
                var delivery = await management.GetAsync($"webhooks/{hook}/deliveries/{id}");
                return (string?)delivery!["state"] == state ? delivery : null;
            }
        );

    private JsonObject Message(int tsmEv, string to) =>
        new()
        {
            ["tsmId"] = 1500,
            ["tsmEv"] = tsmEv,
            ["tsmTs"] = 1503714007,
            [to] = tuid,
            ["transactionId"] = 7,
            ["measurementInterval"] = 10,
            ["reportInterval"] = 60,
        };
}
