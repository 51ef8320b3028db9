using System.Net;
using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Webhooks;

namespace Serverless.Dialects.Tests.Management;

/// <summary>Webhooks and their deliveries, as an admin manages them.</summary>
public sealed class WebhookTests(ManagementCloud cloud) : IClassFixture<ManagementCloud>
{
    [Fact]
    public async Task A_webhook_is_made_changed_and_deleted()
    {
        var device = await cloud.CreateDeviceAsync(ManagementCloud.Own, new NewDevice());
        var made = await cloud.SendAsync(
            "admin",
            "POST",
            "/api/v1/webhooks",
            $$$"""{"url":"https://example.com/in","types":["serverless.device.*"],"devices":["{{{device.Uuid}}}"],"groups":["g"],"headers":{"X-Key":"k","X-Other":"o"}}"""
        );
        Assert.Equal(201, made.Status);
        var path = made.Headers["Location"];
        Assert.StartsWith("whsec_", made.Json["secret"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("Enabled", (string)made.Json["state"]!);
        Assert.Equal(device.Id, (string)made.Json["devices"]![0]!);

        var read = await cloud.SendAsync("admin", "GET", path);
        Assert.Null(read.Json["secret"]);
        Assert.DoesNotContain("whsec_", read.Text, StringComparison.Ordinal);
        Assert.Equal(["X-Key", "X-Other"], read.Json["headerNames"]!.AsArray().Select(name => (string)name!));

        var patch = """{"description":"mine","types":[],"headers":{"x-key":null}}""";
        var stale = await cloud.SendAsync("admin", "PATCH", path, patch, "\"0\"");
        Assert.Equal(412, stale.Status);
        var patched = await cloud.SendAsync("admin", "PATCH", path, patch, read.ETag);
        Assert.Equal((200, "mine"), (patched.Status, (string)patched.Json["description"]!));
        Assert.Equal(["X-Other"], patched.Json["headerNames"]!.AsArray().Select(name => (string)name!));
        Assert.Empty(patched.Json["types"]!.AsArray());

        Assert.Contains(path, (await ListAsync()).Select(hook => $"/api/v1/webhooks/{hook!["id"]}"));
        Assert.Equal(204, (await cloud.SendAsync("admin", "DELETE", path, ifMatch: patched.ETag)).Status);
        Assert.Equal(404, (await cloud.SendAsync("admin", "GET", path)).Status);
    }

    [Theory]
    [InlineData("""{}""", "url")]
    [InlineData("""{"url":"http://example.com/"}""", "url")]
    [InlineData("""{"url":"https://10.0.0.1/"}""", "url")]
    [InlineData("""{"url":"https://example.com/","types":["a b"]}""", "types")]
    [InlineData("""{"url":"https://example.com/","devices":["nobody"]}""", "devices")]
    [InlineData("""{"url":"https://example.com/","headers":{"Host":"x"}}""", "headers.Host")]
    [InlineData("""{"url":"https://example.com/","headers":{"X":1}}""", "headers.X")]
    [InlineData("""{"url":"https://example.com/","secret":"short"}""", "secret")]
    [InlineData("""{"url":"https://example.com/","handshake":"none"}""", "handshake")]
    [InlineData("""{"url":"https://example.com/","form":"telegram"}""", "form")]
    [InlineData("""{"url":"https://example.com/","state":"Enabled"}""", "state")]
    public async Task Wrong_input_names_the_member(string body, string member)
    {
        var reply = await cloud.SendAsync("admin", "POST", "/api/v1/webhooks", body);

        Assert.Equal((400, "/problems/invalid"), (reply.Status, reply.Problem));
        Assert.Equal(member, (string)reply.Json["member"]!);
    }

    [Fact]
    public async Task An_endpoint_is_asked_again_when_another_one_takes_its_place_and_not_otherwise()
    {
        var path = await MakeAsync("""{"url":"https://example.com/first"}""");
        await cloud.SendAsync("admin", "PATCH", path, """{"description":"x"}""");
        var patched = await cloud.SendAsync("admin", "PATCH", path, """{"url":"https://example.com/second"}""");

        Assert.Equal("https://example.com/second", (string)patched.Json["url"]!);
        Assert.Single(cloud.Endpoint.Requests, request => request == "OPTIONS https://example.com/first");
        Assert.Single(cloud.Endpoint.Requests, request => request == "OPTIONS https://example.com/second");
    }

    [Fact]
    public async Task One_that_is_made_disabled_asks_nobody_until_it_is_enabled()
    {
        var path = await MakeAsync("""{"url":"https://example.com/later","enabled":false}""");
        Assert.DoesNotContain("OPTIONS https://example.com/later", cloud.Endpoint.Requests);
        Assert.Equal("Disabled", (string)(await cloud.SendAsync("admin", "GET", path)).Json["state"]!);
        var test = await cloud.SendAsync("admin", "POST", $"{path}/test");
        Assert.Equal((409, "/problems/webhook-not-enabled"), (test.Status, test.Problem));

        var enabled = await cloud.SendAsync("admin", "POST", $"{path}/enable");
        Assert.Equal((200, "Enabled"), (enabled.Status, (string)enabled.Json["state"]!));
        var disabled = await cloud.SendAsync("admin", "POST", $"{path}/disable");
        Assert.Equal("Disabled by admin.", (string)disabled.Json["reason"]!);
    }

    [Fact]
    public async Task A_secret_is_given_once_and_the_one_before_ends()
    {
        var path = await MakeAsync("""{"url":"https://example.com/"}""");
        var rotated = await cloud.SendAsync("admin", "POST", $"{path}/secret", """{"overlapSeconds":3600}""");

        Assert.Equal(200, rotated.Status);
        var secrets = rotated.Json["secrets"]!.AsArray();
        Assert.Equal(2, secrets.Count);
        Assert.Null(secrets[0]!["ends"]);
        Assert.NotNull(secrets[1]!["ends"]);
        Assert.True(WebhookSecrets.IsWellFormed((string)rotated.Json["secret"]!));
        Assert.Equal(400, (await cloud.SendAsync("admin", "POST", $"{path}/secret", """{"overlapSeconds":99999999}""")).Status);
    }

    [Fact]
    public async Task A_test_event_is_queued_listed_and_replayed_as_a_dead_letter()
    {
        var path = await MakeAsync("""{"url":"https://example.com/"}""");
        var sent = await cloud.SendAsync("admin", "POST", $"{path}/test");
        Assert.Equal(201, sent.Status);
        var id = (string)sent.Json["id"]!;
        Assert.Contains(cloud.DeliveryQueue.Queued, queued => queued.Id == id);
        Assert.Equal(
            "serverless.webhook.test",
            (string)(await cloud.SendAsync("admin", "GET", sent.Headers["Location"])).Json["event"]!["type"]!
        );
        var early = await cloud.SendAsync("admin", "POST", $"{path}/dead-letters/{id}/replay");
        Assert.Equal((409, "/problems/not-dead-letter"), (early.Status, early.Problem));

        var stored = (await cloud.Deliveries.FindAsync(ManagementCloud.Own, id, CancellationToken.None))!;
        await cloud.Deliveries.UpdateAsync(
            ManagementCloud.Own,
            stored,
            known => known.GiveUp("For the test.", known.Updated),
            CancellationToken.None
        );
        var letters = (await cloud.SendAsync("admin", "GET", $"{path}/dead-letters")).Json["items"]!.AsArray();
        Assert.Equal((id, "For the test."), ((string)letters[0]!["id"]!, (string)letters[0]!["reason"]!));
        Assert.Empty((await cloud.SendAsync("admin", "GET", $"{path}/deliveries?state=Delivered")).Json["items"]!.AsArray());

        var all = await cloud.SendAsync("admin", "POST", $"{path}/dead-letters/replay");
        Assert.Equal("""{"replayed":1,"more":false}""", all.Text);
        Assert.Equal("Pending", (string)(await cloud.SendAsync("admin", "GET", $"{path}/deliveries/{id}")).Json["state"]!);
        Assert.Equal(2, cloud.DeliveryQueue.Queued.Count(queued => queued.Id == id));
    }

    [Fact]
    public async Task What_belongs_to_the_rule_of_another_API_is_changed_by_that_API_but_for_secret_headers_and_state()
    {
        var rules = new RuleWebhooks(cloud.Webhooks, [new CloudEventsForm()], new WebhookOptions(), TimeProvider.System);
        var wanted = new NewWebhook
        {
            Url = "https://example.com/",
            Rule = "thingscale-9",
            Handshake = WebhookHandshake.None,
        };
        var write = await rules.WriteOfAsync(ManagementCloud.Own, "thingscale-event-9", wanted, CancellationToken.None);
        await cloud.Store.CommitAsync(ManagementCloud.Own, [write], CancellationToken.None);
        const string Path = "/api/v1/webhooks/thingscale-event-9";

        var patched = await cloud.SendAsync("admin", "PATCH", Path, """{"url":"https://example.com/other"}""");
        Assert.Equal((403, "/problems/forbidden"), (patched.Status, patched.Problem));
        Assert.Equal(403, (await cloud.SendAsync("admin", "PATCH", Path, """{"types":[],"headers":{"a":"b"}}""")).Status);
        Assert.Equal(403, (await cloud.SendAsync("admin", "DELETE", Path)).Status);
        var headed = await cloud.SendAsync("admin", "PATCH", Path, """{"headers":{"a":"b"}}""");
        Assert.Equal((200, "Enabled"), (headed.Status, (string)headed.Json["state"]!));
        Assert.Equal(200, (await cloud.SendAsync("admin", "POST", $"{Path}/secret")).Status);
        Assert.Equal(200, (await cloud.SendAsync("admin", "POST", $"{Path}/disable")).Status);
        Assert.Equal(200, (await cloud.SendAsync("admin", "POST", $"{Path}/enable")).Status);
        Assert.Equal(201, (await cloud.SendAsync("admin", "POST", $"{Path}/test")).Status);

        var removal = await rules.RemovalAsync(ManagementCloud.Own, "thingscale-event-9", CancellationToken.None);
        await cloud.Store.CommitAsync(ManagementCloud.Own, removal, CancellationToken.None);
    }

    [Fact]
    public async Task A_delivery_is_found_under_its_own_webhook_only()
    {
        var path = await MakeAsync("""{"url":"https://example.com/"}""");
        var other = await MakeAsync("""{"url":"https://example.com/"}""");
        var id = (string)(await cloud.SendAsync("admin", "POST", $"{path}/test")).Json["id"]!;

        Assert.Equal(404, (await cloud.SendAsync("admin", "GET", $"{other}/deliveries/{id}")).Status);
    }

    private async Task<string> MakeAsync(string body)
    {
        var made = await cloud.SendAsync("admin", "POST", "/api/v1/webhooks", body);
        Assert.True(made.Status == (int)HttpStatusCode.Created, made.Text);
        return made.Headers["Location"];
    }

    private async Task<JsonArray> ListAsync() =>
        (await cloud.SendAsync("admin", "GET", "/api/v1/webhooks?limit=1000")).Json["items"]!.AsArray();
}
