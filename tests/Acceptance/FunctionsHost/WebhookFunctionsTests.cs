using System.Net;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;
using Serverless.Acceptance.Tests.Webhooks;

namespace Serverless.Acceptance.Tests.FunctionsHost;

/// <summary>The functions events and deliveries, driven with the envelopes of the host's Event Grid and queue triggers.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class WebhookFunctionsTests : IAsyncLifetime
{
    private readonly ScratchFolder folder = new();
    private WebhookReceiver receiver = null!;
    private HostedCloud cloud = null!;
    private ManagementClient management = null!;

    public async ValueTask InitializeAsync()
    {
        receiver = await WebhookReceiver.StartAsync(folder);
        cloud = await HostedCloud.StartAsync(environment: receiver.Environment());
        management = await ManagementClient.LogInAsync(cloud.Host.Address, HostedCloud.Admin);
    }

    public async ValueTask DisposeAsync()
    {
        management?.Dispose();
        await (cloud?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (receiver?.DisposeAsync() ?? ValueTask.CompletedTask);
        folder.Dispose();
    }

    [Fact]
    public async Task An_event_of_the_topic_goes_to_the_webhooks_once_however_often_it_comes()
    {
        var hook = (await management.DoAsync(HttpMethod.Post, "webhooks", new JsonObject { ["url"] = receiver.UrlOf("/grid") }))!;
        var secret = (string)hook["secret"]!;
        await receiver.PlanAsync("/grid", new JsonObject { ["secrets"] = new JsonArray(secret) });

        await cloud.Host.InvokeAsync("events", EventOf("one"));
        await cloud.Host.InvokeAsync("events", EventOf("one"));
        await cloud.Host.InvokeAsync("events", ManyOf("one", "two"));

        var both = new[] { await receiver.NextAsync(), await receiver.NextAsync() };
        Assert.Equal(["one", "two"], both.Select(received => received.EventId).Order());
        Assert.All(both, received => Assert.True((bool)received.Verified[secret]!));
        foreach (var received in both)
        {
            await cloud.Host.InvokeAsync("deliveries", Nudge((string)hook["id"]!, received.Id));
        }

        var deliveries = (await management.GetAsync($"webhooks/{hook["id"]}/deliveries"))!["items"]!.AsArray();
        Assert.Equal(2, deliveries.Count);
        Assert.Empty(receiver.All());
    }

    [Fact]
    public async Task Of_several_events_one_that_is_none_holds_up_none_of_the_others()
    {
        await management.DoAsync(HttpMethod.Post, "webhooks", new JsonObject { ["url"] = receiver.UrlOf("/several") });
        var events = new JsonArray(CloudEvent("before"), new JsonObject { ["specversion"] = "0.3" }, CloudEvent("after"));

        var several = Wrap("event", JsonValue.Create(events.ToJsonString()));
        using var refused = await cloud.Host.ForgeAsync("events", several, FakeHost.InvocationHeaders);

        Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
        var both = new[] { await receiver.NextAsync(), await receiver.NextAsync() };
        Assert.Equal(["after", "before"], both.Select(received => received.EventId).Order());
    }

    [Fact]
    public async Task What_is_no_event_fails_so_that_event_grid_keeps_it_and_what_is_no_nudge_is_dropped()
    {
        var broken = Wrap("event", new JsonObject { ["specversion"] = "0.3" });
        using (var refused = await cloud.Host.ForgeAsync("events", broken, FakeHost.InvocationHeaders))
        {
            Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
        }

        foreach (var text in new[] { "", "{}", "\"{}\"", "nonsense", """{"tenant":1}""" })
        {
            await cloud.Host.InvokeAsync("deliveries", Wrap("delivery", JsonValue.Create(text)));
        }

        await cloud.Host.InvokeAsync("deliveries", Nudge("no-webhook", "no-delivery"));
    }

    [Theory]
    [InlineData("events")]
    [InlineData("deliveries")]
    public async Task A_call_from_outside_finds_nothing(string function)
    {
        using var forged = await cloud.Host.ForgeAsync(function, EventOf("forged"), FakeHost.ProxyHeaders);

        Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);
    }

    private static JsonObject CloudEvent(string id) =>
        new()
        {
            ["specversion"] = "1.0",
            ["id"] = id,
            ["source"] = "/tenants/t1",
            ["type"] = "serverless.device.created",
            ["subject"] = "devices/1",
            ["time"] = "2026-08-01T12:00:00Z",
            ["datacontenttype"] = "application/json",
            ["data"] = new JsonObject { ["id"] = "1" },
        };

    private static string EventOf(string id) => Wrap("event", CloudEvent(id));

    private static string ManyOf(params string[] ids) =>
        Wrap("event", JsonValue.Create(new JsonArray([.. ids.Select(CloudEvent)]).ToJsonString()));

    /// <summary>A queue's text as the host has it: JSON text of a JSON string.</summary>
    private static string Nudge(string webhook, string id)
    {
        var message = new JsonObject
        {
            ["tenant"] = "t1",
            ["webhook"] = webhook,
            ["id"] = id,
        };
        return Wrap("delivery", JsonValue.Create(JsonValue.Create(message.ToJsonString()).ToJsonString()));
    }

    private static string Wrap(string name, JsonNode? value) =>
        new JsonObject
        {
            ["Data"] = new JsonObject { [name] = value },
            ["Metadata"] = new JsonObject(),
        }.ToJsonString();
}
