using System.Text;
using System.Text.Json.Nodes;
using Serverless.Dialects.ThingScale.Events;
using Serverless.Domain.Webhooks;
using Serverless.Tests.Support;
using static Serverless.Dialects.Tests.ThingScale.EventFiringTests;
using Documents = Serverless.Domain.Documents.Kinds;

namespace Serverless.Dialects.Tests.ThingScale;

/// <summary>An event and what makes it fire, which are stored together; and the test of its webhook.</summary>
public sealed class EventCommitTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_put_and_a_delete_are_one_commit_with_what_makes_the_event_fire()
    {
        await using var server = await StartAsync();
        var commits = new List<string>();
        server.Cloud.Store.BeforeCommit = (_, writes) =>
        {
            commits.Add(string.Join(' ', writes.Select(write => write.Kind).Order(StringComparer.Ordinal)));
            return Task.CompletedTask;
        };

        await PutAsync(server, []);
        Assert.Equal([Kinds(Documents.Rule, Documents.RuleHead, Documents.ThingScaleEvent, Documents.Webhook)], commits);
        commits.Clear();
        await server.SendAsync("DELETE", "/v2/event/1");

        // The second one forgets the version that has ended.
        Assert.Equal(
            [
                Kinds(Documents.EndedRule, Documents.Rule, Documents.RuleHead, Documents.ThingScaleEvent, Documents.Webhook),
                Documents.EndedRule,
            ],
            commits
        );
    }

    [Theory]
    [InlineData("webhook")]
    [InlineData("event")]
    [InlineData("rule")]
    public async Task Who_changes_it_at_the_same_moment_is_not_overwritten(string what)
    {
        await using var server = await StartAsync();
        await PutAsync(server, []);
        server.Cloud.Store.OnceBefore(
            Documents.ThingScaleEvent,
            () =>
                what switch
                {
                    "webhook" => server.Hooks.Webhooks.RotateAsync(
                        TestCloud.Tenant,
                        "thingscale-event-1",
                        Secret,
                        TimeSpan.Zero,
                        null,
                        Cancellation
                    ),
                    "event" => server.SendAsync("PUT", "/v2/event/1", """{"description":"other"}"""),
                    _ => server.SendAsync("PUT", "/v2/channel/0", """{"channel_name":"cellar"}"""),
                }
        );

        await PutAsync(server, new() { ["threshold"] = "5" });
        await server.PostAsync("d", """{"temp":6}""");
        await server.PostAsync("d", """{"temp":4}""");

        var sent = Assert.Single(await DeliverAsync(server));
        var body = JsonNode.Parse(sent.Body)!;
        var expected = (what == "event" ? "other" : "", what == "rule" ? "cellar" : "CH0", "5");
        Assert.Equal(expected, ((string)body["description"]!, (string)body["channel_name"]!, (string)body["threshold"]!));
        var secret = (await server.Hooks.Webhooks.GetAsync(TestCloud.Tenant, "thingscale-event-1", Cancellation)).Value.Secrets[0].Value;
        Assert.Equal(what == "webhook", secret == Secret);
    }

    [Fact]
    public async Task A_test_is_a_body_like_any_other_that_says_what_it_is()
    {
        await using var server = await StartAsync();
        await PutAsync(server, new() { ["description"] = "Low" });
        var webhook = (await server.Hooks.Webhooks.GetAsync(TestCloud.Tenant, "thingscale-event-1", Cancellation)).Value;
        var rule = (await server.Cloud.One.Rules.GetAsync(TestCloud.Tenant, "thingscale-1", Cancellation)).Value;

        var test = WebhookTest.For(TestCloud.Tenant, webhook, rule, server.Cloud.Time.GetUtcNow());
        var made = await server.Hooks.FanOut.SendAsync(TestCloud.Tenant, test, [webhook.Id], Cancellation);
        await server.Hooks.Sender.SendAsync(new DeliveryRef(TestCloud.Tenant, webhook.Id, made[0].Id), Cancellation);

        Assert.Equal(
            """{"event_id":1,"description":"Low","mapped_ch":0,"channel_name":"CH0","source":"temp","status":"This is a test: nothing has crossed the threshold. Threshold:8","current":8,"threshold":"8"}""",
            Assert.Single(server.Hooks.Requests).Body
        );
        Assert.Equal(
            """{"event_id":0,"description":"Test","mapped_ch":0,"channel_name":"","source":"","status":"This is a test: nothing has crossed the threshold. Threshold:0","current":0,"threshold":"0"}""",
            Encoding.UTF8.GetString(new ThingScaleForm().Write(WebhookTest.For("t", webhook, null, server.Cloud.Time.GetUtcNow()))!)
        );
    }

    private static string Kinds(params IEnumerable<string> kinds) => string.Join(' ', kinds.Order(StringComparer.Ordinal));
}
