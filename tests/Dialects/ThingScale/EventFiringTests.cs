using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Dialects.ThingScale.Events;
using Serverless.Domain.Rules;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Webhooks;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.ThingScale;

/// <summary>Events that fire: a threshold configured by /v2/event, values by this API's doors and others, and what is posted then.</summary>
public sealed class EventFiringTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_posted_is_the_vendors_sample()
    {
        await using var server = await StartAsync("d", 1);
        await server.SendAsync("PUT", "/v2/channel/1", """{"channel_name":"NEW_CH1_HOGEHOGE"}""");
        await PutAsync(
            server,
            new()
            {
                ["description"] = "EMAIL & POST",
                ["source"] = "value1",
                ["operator"] = "=",
                ["threshold"] = "13",
            }
        );

        await server.PostAsync("d", """{"value1":13}""");

        // The sample of the vendor's pages, with the id of this event.
        Assert.Equal(
            """{"event_id":1,"description":"EMAIL & POST","mapped_ch":1,"channel_name":"NEW_CH1_HOGEHOGE","source":"value1","status":"value1 was consistent with the threshold. Current:13 = Threshold:13","current":13,"threshold":"13"}""",
            Assert.Single(await DeliverAsync(server)).Body
        );
        var sent = server.Hooks.Requests[0];
        Assert.Equal("https://example.com/in?key=1", sent.Url.AbsoluteUri);
    }

    [Theory]
    [InlineData("<", "8", "9 8 7.5", "less than", "7.5")]
    [InlineData("<=", "8", "9 8", "less than or consistent with", "8")]
    [InlineData(">", "8", "8 9", "greater than", "9")]
    [InlineData(">=", "-1.5", "-2 -1.5", "greater than or consistent with", "-1.5")]
    [InlineData("=", "1e1", "9 10", "consistent with", "10")]
    [InlineData("!=", "0", "0 3", "inconsistent with", "3")]
    [InlineData("=", "open", "\"shut\" \"open\"", "consistent with", "\"open\"")]
    [InlineData("!=", "open", "\"open\" \"shut\"", "inconsistent with", "\"shut\"")]
    [InlineData("=", "true", "false true", "consistent with", "true")]
    public async Task Each_operator_has_its_sentence(string sign, string threshold, string values, string words, string current)
    {
        await using var server = await StartAsync();
        await PutAsync(server, new() { ["operator"] = sign, ["threshold"] = threshold });

        foreach (var value in values.Split(' '))
        {
            Assert.Empty(await DeliverAsync(server));
            await server.PostAsync("d", $$"""{"temp":{{value}}}""");
        }

        var body = JsonNode.Parse(Assert.Single(await DeliverAsync(server)).Body)!;
        Assert.Equal($"temp was {words} the threshold. Current:{current.Trim('"')} {sign} Threshold:{threshold}", (string)body["status"]!);
        Assert.Equal((current, threshold), (body["current"]!.ToJsonString(), (string)body["threshold"]!));
    }

    [Theory]
    [InlineData("temp", """{"temp":10}""", true)]
    [InlineData("temp", """{"other":10}""", false)]
    [InlineData("temp", """{"temp":[3,10]}""", false)]
    [InlineData("temp", """{"temp":[10,3]}""", true)]
    [InlineData("data:value", """{"data":[{"value":10}]}""", true)]
    [InlineData("data:value", """{"data":[{"value":10,"unit":"C"}]}""", true)]
    [InlineData("data:value", """{"data":[{"name":"a","value":10}]}""", true)]
    [InlineData("data:value", """{"data":{"value":10}}""", true)]
    [InlineData("data:value", """{"data":[{"level":10}]}""", false)]
    [InlineData("data:1:value", """{"data":[{"value":10},{"value":3}]}""", false)]
    [InlineData("data:1:value", """{"data":[{"value":3},{"value":10}]}""", true)]
    [InlineData("data:1:level", """{"data":[{"level":3},{"level":10}]}""", true)]
    [InlineData("a:b:c", """{"a":{"b":{"c":10}}}""", true)]
    [InlineData("a:b:c", """{"a":[{"b":[{"x":1,"c":10}]}]}""", true)]
    [InlineData("a:b:c", """{"a":{"b":10,"c":10}}""", false)]
    [InlineData("value", """{"value":10}""", true)]
    [InlineData("温度", """{"温度":10}""", true)]
    public async Task The_source_leads_to_a_value_in_the_payload(string source, string payload, bool fires)
    {
        await using var server = await StartAsync();
        await PutAsync(
            server,
            new()
            {
                ["source"] = source,
                ["operator"] = ">=",
                ["threshold"] = "10",
            }
        );

        Assert.Equal(200, (await server.PostAsync("d", payload)).Status);

        var sent = await DeliverAsync(server);
        Assert.Equal(fires ? 1 : 0, sent.Count);
        Assert.All(
            sent,
            one => Assert.Equal((source, 10), ((string)JsonNode.Parse(one.Body)!["source"]!, (int)JsonNode.Parse(one.Body)!["current"]!))
        );
    }

    [Fact]
    public async Task It_fires_once_when_the_threshold_is_crossed_and_again_after_the_value_came_back()
    {
        await using var server = await StartAsync();
        await PutAsync(server, []);
        foreach (var value in (int[])[7, 6, 5, 9, 20, 8, 3])
        {
            await server.PostAsync("d", $$"""{"temp":{{value}}}""");
        }

        Assert.Equal([7, 8], (await DeliverAsync(server)).Select(sent => (int)JsonNode.Parse(sent.Body)!["current"]!));
    }

    [Fact]
    public async Task Values_of_every_door_fire_it_where_the_device_is_mapped_to_its_channel()
    {
        await using var server = await StartAsync();
        await server.MapAsync("other", 1);
        await PutAsync(server, []);

        await server.PostAsync("other", """{"temp":1}""");
        Assert.Empty(await DeliverAsync(server));

        await server.PublishAsync($"{ThingScaleServer.DeviceToken}/json/d", """{"temp":1}""");
        await server.PublishAsync($"{ThingScaleServer.DeviceToken}/json/d/tag", """{"temp":9}""");
        await server.PostAsync("d", "v=3", "/post_v1/");
        Assert.Single(await DeliverAsync(server));

        var twin = await server.TwinAsync("d");
        var message = new DeviceMessage(
            twin.HubId,
            Encoding.UTF8.GetBytes("""{"temp":2}"""),
            server.Cloud.Time.GetUtcNow().AddSeconds(1),
            MessageSource.Telemetry,
            DeviceMessage.NoProperties,
            DeviceMessage.NoProperties
        );
        await server.Pipeline.IngestAsync([message], Cancellation);
        Assert.Equal(2, (await DeliverAsync(server)).Count);

        await server.SendAsync("PUT", "/v2/device/other", """{"mapped_ch":0}""");
        await server.PostAsync("other", """{"temp":1}""");
        Assert.Equal(3, (await DeliverAsync(server)).Count);
    }

    [Fact]
    public async Task What_is_changed_disabled_or_deleted_counts_at_once()
    {
        await using var server = await StartAsync();
        await PutAsync(server, []);
        await server.PostAsync("d", """{"temp":1}""");
        Assert.Single(await DeliverAsync(server));

        // The channel has another name, and the threshold moves: it begins anew.
        await server.SendAsync("PUT", "/v2/channel/0", """{"channel_name":"cellar"}""");
        await PutAsync(server, new() { ["threshold"] = "5" });
        await server.PostAsync("d", """{"temp":1}""");
        var renamed = JsonNode.Parse((await DeliverAsync(server))[1].Body)!;
        Assert.Equal(("cellar", "5"), ((string)renamed["channel_name"]!, (string)renamed["threshold"]!));

        await PutAsync(server, new() { ["enabled"] = false });
        await server.PostAsync("d", """{"temp":9}""");
        await server.PostAsync("d", """{"temp":1}""");
        Assert.Equal(2, (await DeliverAsync(server)).Count);
        Assert.NotNull(await server.Hooks.Webhooks.FindAsync(TestCloud.Tenant, "thingscale-event-1", Cancellation));

        await PutAsync(server, new() { ["enabled"] = true });
        await server.PostAsync("d", """{"temp":1}""");
        Assert.Equal(3, (await DeliverAsync(server)).Count);

        Assert.Equal(204, (await server.SendAsync("DELETE", "/v2/event/1")).Status);
        await server.PostAsync("d", """{"temp":9}""");
        await server.PostAsync("d", """{"temp":1}""");
        Assert.Equal(3, (await DeliverAsync(server)).Count);
        Assert.Null(await server.Hooks.Webhooks.FindAsync(TestCloud.Tenant, "thingscale-event-1", Cancellation));
        Assert.Null(await server.Cloud.One.Rules.FindAsync(TestCloud.Tenant, "thingscale-1", Cancellation));
    }

    [Fact]
    public async Task An_event_of_type_email_is_told_as_a_threshold_and_posts_nothing()
    {
        await using var server = await StartAsync();
        await PutAsync(server, []);
        await PutAsync(server, new() { ["notify_type"] = "email" });

        await server.PostAsync("d", """{"temp":1}""");

        Assert.Empty(await DeliverAsync(server));
        var told = Assert.Single(server.Cloud.Events.Events, one => one.Type == CrossingEffects.Crossed);
        Assert.Equal(("thingscale", "email"), ((string)told.Data["dialect"]!, (string)told.Data["fragments"]!["notify_type"]!));
        Assert.Null(await server.Hooks.Webhooks.FindAsync(TestCloud.Tenant, "thingscale-event-1", Cancellation));
    }

    [Fact]
    public async Task Each_event_posts_to_its_own_address_only()
    {
        await using var server = await StartAsync();
        await PutAsync(server, []);
        await server.SendAsync("POST", "/v2/event");
        await PutAsync(server, new() { ["post_url"] = "https://example.com/2", ["threshold"] = "5" }, number: 2);
        await server.Hooks.AddAsync(new NewWebhook { Url = "https://example.com/", Types = [CrossingEffects.Crossed] });

        await server.PostAsync("d", """{"temp":7}""");
        await server.PostAsync("d", """{"temp":4}""");

        Assert.Equal(
            ["https://example.com/", "https://example.com/", "https://example.com/2", "https://example.com/in?key=1"],
            (await DeliverAsync(server)).Select(sent => sent.Url.AbsoluteUri).Order()
        );
    }

    [Fact]
    public async Task What_fails_is_tried_again_with_its_id_and_stands_in_the_log()
    {
        await using var server = await StartAsync();
        await PutAsync(server, []);
        server.Hooks.Plan(HttpStatusCode.InternalServerError, HttpStatusCode.OK);
        await server.PostAsync("d", """{"temp":1}""");
        await DeliverAsync(server);
        server.Cloud.Time.Advance(TimeSpan.FromSeconds(5));

        await server.Hooks.Sender.SendAsync(server.Hooks.Queue.Queued[^1].Delivery, Cancellation);

        var sent = server.Hooks.Requests;
        Assert.Equal((2, sent[0].Id, sent[0].Body), (sent.Count, sent[1].Id, sent[1].Body));
        var (log, _) = await server.Hooks.Deliveries.ListAsync(TestCloud.Tenant, "thingscale-event-1", null, 10, null, Cancellation);
        Assert.Equal([500, 200], Assert.Single(log).Value.History.Select(attempt => attempt.Status));
    }

    [Fact]
    public async Task An_address_that_is_gone_is_called_again_after_a_put()
    {
        await using var server = await StartAsync();
        await PutAsync(server, []);
        server.Hooks.Plan(HttpStatusCode.Gone);
        await server.PostAsync("d", """{"temp":1}""");
        await DeliverAsync(server);
        Assert.Equal(WebhookState.Disabled, await StateAsync(server));

        await PutAsync(server, []);

        Assert.Equal(WebhookState.Enabled, await StateAsync(server));
    }

    [Theory]
    [InlineData("http://example.com/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://169.254.169.254/latest")]
    [InlineData("https://[::1]/")]
    [InlineData("https://example.com:8080/")]
    [InlineData("https://user:password@example.com/")]
    [InlineData("ftp://example.com/")]
    [InlineData("nowhere")]
    public async Task A_post_url_that_may_not_be_called_is_refused(string url)
    {
        await using var server = await StartAsync();

        var answer = await server.SendAsync("PUT", "/v2/event/1", new JsonObject { ["post_url"] = url }.ToJsonString());

        Assert.Equal("""400 {"error":"BAD_JSON_FORMAT"}""", answer.ToString());
        Assert.Equal("https://example.com/in?key=1", (string)(await server.GetAsync("/v2/event/1")).Json[0]!["post_url"]!);
    }

    [Theory]
    [InlineData("source", "")]
    [InlineData("source", ":temp")]
    [InlineData("source", "data::value")]
    [InlineData("threshold", "")]
    [InlineData("threshold", "warm")]
    [InlineData("post_url", "")]
    [InlineData("operator", "~")]
    [InlineData("notify_type", "sms")]
    public async Task What_cannot_be_watched_is_refused(string member, string value)
    {
        await using var server = await StartAsync();
        await PutAsync(server, []);

        var answer = await server.SendAsync("PUT", "/v2/event/1", new JsonObject { [member] = value }.ToJsonString());

        Assert.Equal("""400 {"error":"BAD_JSON_FORMAT"}""", answer.ToString());
        await server.PostAsync("d", """{"temp":1}""");
        Assert.Single(await DeliverAsync(server));
    }

    [Fact]
    public void A_form_has_no_body_for_what_is_no_event_of_this_API()
    {
        var form = new ThingScaleForm();
        var crossed = WebhookSetup.Event("1", CrossingEffects.Crossed);

        Assert.Null(form.Write(WebhookSetup.Event("1")));
        Assert.Null(form.Write(crossed));
        Assert.Null(form.Write(crossed with { Data = new JsonObject { ["dialect"] = "thingscale" } }));
        Assert.Null(
            form.Write(
                crossed with
                {
                    Type = CrossingEffects.Cleared,
                    Data = new JsonObject { ["dialect"] = "thingscale", ["fragments"] = new JsonObject() },
                }
            )
        );
    }

    /// <summary>A server with a device d that is mapped to a channel, and the event 1, which is not configured yet.</summary>
    internal static async Task<ThingScaleServer> StartAsync(string device = "d", int channel = 0)
    {
        var server = await ThingScaleServer.StartAsync();
        await server.MapAsync(device, channel);
        Assert.Equal(201, (await server.SendAsync("POST", "/v2/event")).Status);
        await PutAsync(server, new() { ["enabled"] = false, ["mapped_ch"] = channel });
        return server;
    }

    /// <summary>Configures an event: temp &lt;= 8, posted, unless the changes say otherwise; what is not named the second time stays.</summary>
    internal static async Task PutAsync(ThingScaleServer server, JsonObject changes, int number = 1)
    {
        var known = (await server.GetAsync($"/v2/event/{number}")).Json[0]!.AsObject();
        var body = new JsonObject { ["enabled"] = true };
        if ((string)known["source"]! == "")
        {
            body = new JsonObject
            {
                ["enabled"] = true,
                ["mapped_ch"] = 0,
                ["notify_type"] = "http",
                ["post_url"] = "https://example.com/in?key=1",
                ["source"] = "temp",
                ["operator"] = "<=",
                ["threshold"] = "8",
            };
        }

        foreach (var (name, value) in changes)
        {
            body[name] = value?.DeepClone();
        }

        var answer = await server.SendAsync("PUT", $"/v2/event/{number}", body.ToJsonString());
        Assert.True(answer.Status == 200, answer.ToString());
    }

    internal static Task<IReadOnlyList<Sent>> DeliverAsync(ThingScaleServer server) =>
        server.Hooks.DeliverAsync(server.Cloud.Events.Events);

    private static async Task<WebhookState> StateAsync(ThingScaleServer server) =>
        (await server.Hooks.Webhooks.GetAsync(TestCloud.Tenant, "thingscale-event-1", Cancellation)).Value.State;
}
