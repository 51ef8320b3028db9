using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Local.Hub;
using Serverless.Local.Mqtt.IotHub;
using Serverless.Local.Mqtt.Topics;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Hub;

public sealed class HubBackendTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_devices_identity_is_its_twins_and_its_keys()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var hub = Hub(cloud);
        var twin = await cloud.AddDeviceAsync("d");
        var keys = await cloud.One.Devices.GetKeysAsync(TestCloud.Tenant, twin.Id, Cancellation);

        var identity = await hub.FindAsync("d", Cancellation);

        Assert.Equal(
            ("d", keys.Primary, keys.Secondary, true),
            (identity?.HubId, identity?.PrimaryKey, identity?.SecondaryKey, identity?.Enabled)
        );
        Assert.Null(await hub.FindAsync("D", Cancellation));
        Assert.Null(await hub.FindAsync("other", Cancellation));
    }

    [Fact]
    public async Task A_connection_is_the_newest_that_was_told_and_an_event_each()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var hub = Hub(cloud);
        var twin = await cloud.AddDeviceAsync("d");
        var now = cloud.Time.GetUtcNow();

        await hub.RecordConnectionAsync("d", true, now.AddSeconds(2), Cancellation);
        await hub.RecordConnectionAsync("d", false, now.AddSeconds(1), Cancellation);
        await hub.RecordConnectionAsync("unknown", true, now, Cancellation);

        Assert.Equal(new Connection(true, now.AddSeconds(2)), (await cloud.TwinAsync(twin)).Connection);
        Assert.Equal(now.AddSeconds(2), await hub.GetConnectionChangeAsync("d", Cancellation));
        Assert.Equal(["serverless.device.created", "serverless.device.connected"], cloud.Events.Types);
        await hub.RecordConnectionAsync("d", false, now.AddSeconds(3), Cancellation);
        Assert.Equal("serverless.device.disconnected", cloud.Events.Types.Last());
    }

    [Fact]
    public async Task A_clients_subscriptions_are_kept_until_they_are_ended_or_expire()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var hub = Hub(cloud);
        var key = $"test/{new string('ü', 1000)}/a";
        var now = cloud.Time.GetUtcNow();
        KeptSubscription[] some = [new("a/+/#", 1), new("#password/b", 0)];
        Assert.Null(await hub.GetTopicSessionAsync(key, Cancellation));
        await hub.SaveTopicSessionAsync(key, null, default, Cancellation);

        await hub.SaveTopicSessionAsync(key, some, now.AddDays(1), Cancellation);
        Assert.Equal(some, await Hub(cloud).GetTopicSessionAsync(key, Cancellation));
        Assert.Null(await hub.GetTopicSessionAsync(key + "b", Cancellation));
        await hub.SaveTopicSessionAsync(key, [], now.AddDays(1), Cancellation);
        Assert.Empty((await hub.GetTopicSessionAsync(key, Cancellation))!);
        await hub.SaveTopicSessionAsync(key, null, default, Cancellation);
        Assert.Null(await hub.GetTopicSessionAsync(key, Cancellation));
        await hub.SaveTopicSessionAsync(key, some, now.AddSeconds(-1), Cancellation);
        Assert.Null(await hub.GetTopicSessionAsync(key, Cancellation));
    }

    [Fact]
    public async Task A_devices_tenant_is_known_by_its_hub_id()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        Assert.Equal(TestCloud.Tenant, await Hub(cloud).FindTenantAsync("d", Cancellation));
        Assert.Null(await Hub(cloud).FindTenantAsync("unknown", Cancellation));
    }

    [Fact]
    public async Task A_session_is_kept_until_it_is_ended_or_its_device_goes()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var hub = Hub(cloud);
        Assert.Null(await hub.GetSessionAsync("a/b", Cancellation));
        await hub.SaveSessionAsync("a/b", null, Cancellation);

        await hub.SaveSessionAsync("a/b", HubSubscriptions.Messages | HubSubscriptions.Methods, Cancellation);
        Assert.Equal(HubSubscriptions.Messages | HubSubscriptions.Methods, await Hub(cloud).GetSessionAsync("a/b", Cancellation));
        await hub.SaveSessionAsync("a/b", HubSubscriptions.None, Cancellation);
        Assert.Equal(HubSubscriptions.None, await hub.GetSessionAsync("a/b", Cancellation));

        await hub.DeleteAsync("a/b", Cancellation);
        Assert.Null(await hub.GetSessionAsync("a/b", Cancellation));
    }

    [Fact]
    public async Task Reported_properties_merge_and_count_their_versions()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var hub = Hub(cloud);
        await cloud.AddDeviceAsync("d");

        Assert.Equal(2, await hub.PatchReportedAsync("d", Json("""{"a":{"b":1,"c":2},"d":3}"""), Cancellation));
        Assert.Equal(3, await hub.PatchReportedAsync("d", Json("""{"a":{"b":null},"d":4}"""), Cancellation));

        var twin = await hub.GetTwinAsync("d", Cancellation);
        Assert.Equal("""{"a":{"c":2},"d":4}""", twin!.Reported.ToJsonString());
        Assert.Equal((3L, 1L), (twin.ReportedVersion, twin.DesiredVersion));
        Assert.Null(await hub.GetTwinAsync("other", Cancellation));
    }

    [Theory]
    [InlineData("""{"a.b":1}""", 400)]
    [InlineData("""{"$version":1}""", 400)]
    [InlineData("""{"a":{"b c":1}}""", 400)]
    [InlineData("""{"a":[{"":1}]}""", 400)]
    [InlineData("""{"a\u0001":1}""", 400)]
    public async Task A_patch_that_the_hub_does_not_take_changes_nothing(string patch, int status)
    {
        await using var cloud = await TestCloud.OpenAsync();
        var twin = await cloud.AddDeviceAsync("d");

        var refused = await Assert.ThrowsAsync<HubRequestException>(() => Hub(cloud).PatchReportedAsync("d", Json(patch), Cancellation));

        Assert.Equal(status, refused.Status);
        Assert.Equal(1, (await cloud.TwinAsync(twin)).Version);
    }

    [Fact]
    public async Task Reported_properties_have_a_size_and_an_unknown_device_none()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var hub = Hub(cloud);
        await cloud.AddDeviceAsync("d");
        var half = new string('x', 17_000);
        await hub.PatchReportedAsync("d", new JsonObject { ["a"] = half }, Cancellation);

        Assert.Equal(
            413,
            (
                await Assert.ThrowsAsync<HubRequestException>(() =>
                    hub.PatchReportedAsync("d", new JsonObject { ["b"] = half }, Cancellation)
                )
            ).Status
        );
        Assert.Equal(404, (await Assert.ThrowsAsync<HubRequestException>(() => hub.PatchReportedAsync("x", [], Cancellation))).Status);
    }

    [Fact]
    public async Task A_queue_is_in_order_for_each_device_and_a_message_goes_when_it_is_completed()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var hub = Hub(cloud);
        await hub.EnqueueAsync("d", Message("1"), Cancellation);
        await hub.EnqueueAsync("d", Message("2"), Cancellation);
        await hub.EnqueueAsync("e", Message("3"), Cancellation);
        await hub.EnqueueAsync("d", Message("4"), Cancellation);

        var all = await PeekAsync(cloud, hub, "d");
        Assert.Equal("1 2 4", Ids(all));
        Assert.Equal("4", Ids(await hub.PeekAsync("d", all[1].Sequence, 10, cloud.Time.GetUtcNow(), Cancellation)));
        Assert.Equal("1 2", Ids(await hub.PeekAsync("d", 0, 2, cloud.Time.GetUtcNow(), Cancellation)));
        Assert.Equal(("body", "v"), (System.Text.Encoding.UTF8.GetString(all[0].Message.Body.Span), all[0].Message.Properties["p"]));

        await hub.CompleteAsync("d", all[0].Sequence, Cancellation);
        await hub.CompleteAsync("d", all[0].Sequence, Cancellation);
        Assert.Equal("2 4", Ids(await PeekAsync(cloud, hub, "d")));
        await hub.DeleteAsync("d", Cancellation);
        Assert.Equal("", Ids(await PeekAsync(cloud, hub, "d")));
        Assert.Equal("3", Ids(await PeekAsync(cloud, hub, "e")));
    }

    [Fact]
    public async Task A_message_ends_when_it_expires()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var hub = Hub(cloud);
        await hub.EnqueueAsync("d", Message("1") with { Expires = cloud.Time.GetUtcNow().AddSeconds(10) }, Cancellation);
        await hub.EnqueueAsync("d", Message("2"), Cancellation);
        Assert.Equal("1 2", Ids(await PeekAsync(cloud, hub, "d")));

        cloud.Time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal("2", Ids(await PeekAsync(cloud, hub, "d")));
    }

    [Fact]
    public async Task Two_processes_that_queue_at_the_same_tick_lose_nothing()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var hubs = new[] { Hub(cloud), Hub(cloud) };

        await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => Task.Run(() => hubs[i % 2].EnqueueAsync("d", Message($"{i}"), Cancellation)))
        );

        var all = await hubs[0].PeekAsync("d", 0, 100, cloud.Time.GetUtcNow(), Cancellation);
        Assert.Equal(20, all.Select(message => message.Message.MessageId).Distinct().Count());
        Assert.Equal(20, all.Select(message => message.Sequence).Distinct().Count());
    }

    [Fact]
    public async Task A_message_is_not_there_before_one_that_stands_before_it()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var hub = Hub(cloud);
        var held = new TaskCompletionSource();
        cloud.Store.OnceBefore(Kinds.CloudToDevice, () => held.Task);

        var first = hub.EnqueueAsync("d", Message("1"), Cancellation);
        var second = hub.EnqueueAsync("d", Message("2"), Cancellation);
        await Task.WhenAny(second, Task.Delay(200, Cancellation));

        // Whoever delivers goes on behind the last that was seen.
        Assert.Equal("", Ids(await PeekAsync(cloud, hub, "d")));
        held.SetResult();
        await Task.WhenAll(first, second);
        Assert.Equal("1 2", Ids(await PeekAsync(cloud, hub, "d")));
    }

    [Fact]
    public async Task More_messages_than_a_page_are_cleared()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var hub = Hub(cloud);
        await Task.WhenAll(Enumerable.Range(0, 150).Select(i => hub.EnqueueAsync("d", Message($"{i}"), Cancellation)));

        await hub.DeleteAsync("d", Cancellation);

        Assert.Equal(0, await cloud.Store.CountAsync(new DocumentQuery("$hub", Kinds.CloudToDevice), Cancellation));
    }

    private static HubBackend Hub(TestCloud cloud) =>
        new(cloud.One.Devices, cloud.One.Connections, () => cloud.One.Echoes, cloud.Store, cloud.Time);

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();

    private static CloudToDeviceMessage Message(string id) =>
        new(id, "body"u8.ToArray(), new Dictionary<string, string>(), new Dictionary<string, string> { ["p"] = "v" });

    private static Task<IReadOnlyList<QueuedMessage>> PeekAsync(TestCloud cloud, HubBackend hub, string hubId) =>
        hub.PeekAsync(hubId, 0, 10, cloud.Time.GetUtcNow(), Cancellation);

    private static string Ids(IEnumerable<QueuedMessage> messages) =>
        string.Join(' ', messages.Select(message => message.Message.MessageId));
}
