using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Dialects.Cumulocity.Notifications;
using Serverless.Dialects.Tests.Cumulocity.Realtime;
using Serverless.Domain.Devices;
using Serverless.Local.Realtime;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Notifications;

public sealed class NotificationTests
{
    private const string Subscriptions = "/notification2/subscriptions";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_subscription_is_made_shown_listed_and_deleted()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var device = await cloud.Cloud.AddDeviceAsync("d", new NewDevice { Name = "Test Device" });
        var body =
            $$$"""{"source":{"id":"{{{device.Id}}}"},"context":"mo","subscription":"testSubscription","subscriptionFilter":{"apis":["measurements","events"],"typeFilter":"'c8y_Speed' or 'c8y_LocationUpdate'"},"fragmentsToCopy":["c8y_Position"]}""";

        var (status, made) = await cloud.AskAsync("POST", Subscriptions, body);
        Assert.Equal(201, status);
        var id = (string)made!["id"]!;
        Assert.Equal(
            $$$"""{"id":"{{{id}}}","self":"{{{cloud.Address().GetLeftPart(UriPartial.Authority)}}}/notification2/subscriptions/{{{id}}}","context":"mo","subscription":"testSubscription","source":{"self":"{{{cloud.Address().GetLeftPart(UriPartial.Authority)}}}/inventory/managedObjects/{{{device.Id}}}","id":"{{{device.Id}}}","name":"Test Device"},"subscriptionFilter":{"apis":["measurements","events"],"typeFilter":"'c8y_Speed' or 'c8y_LocationUpdate'"},"fragmentsToCopy":["c8y_Position"],"nonPersistent":false}""",
            made.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
        );
        var (conflict, error) = await cloud.AskAsync("POST", Subscriptions, body);
        Assert.Equal((409, "reliable-notification/Duplicate"), (conflict, (string)error!["error"]!));
        Assert.Equal(
            $"Subscription with source <'{device.Id}'>, context <'mo'> & subscription <'testSubscription'> already exists!",
            (string)error["message"]!
        );
        await cloud.AskAsync("POST", Subscriptions, """{"context":"tenant","subscription":"all"}""");

        Assert.Equal(id, (string)(await cloud.AskAsync("GET", $"{Subscriptions}/{id}")).Body!["id"]!);
        foreach (
            var (query, count) in new[]
            {
                ("", 2),
                ("?context=tenant", 1),
                ($"?source={device.Id}", 1),
                ("?subscription=nothing", 0),
                ("?pageSize=1&currentPage=2", 1),
                ("?pageSize=1&currentPage=3", 0),
            }
        )
        {
            Assert.Equal(count, (await cloud.AskAsync("GET", Subscriptions + query)).Body!["subscriptions"]!.AsArray().Count);
        }

        Assert.Equal(204, (await cloud.AskAsync("DELETE", $"{Subscriptions}/{id}")).Status);
        Assert.Equal(404, (await cloud.AskAsync("DELETE", $"{Subscriptions}/{id}")).Status);
        Assert.Equal(204, (await cloud.AskAsync("DELETE", $"{Subscriptions}?context=tenant")).Status);
        Assert.Empty((await cloud.AskAsync("GET", Subscriptions)).Body!["subscriptions"]!.AsArray());
        Assert.Equal(201, (await cloud.AskAsync("POST", Subscriptions, body)).Status);
    }

    [Theory]
    [InlineData("{}", 422, "Following mandatory fields should be included: context,subscription")]
    [InlineData("""{"context":"mo","subscription":"a"}""", 422, "Following mandatory fields should be included: source")]
    [InlineData("""{"context":"other","subscription":"a"}""", 422, "context is mo or tenant.")]
    [InlineData("""{"context":"tenant","subscription":"a b"}""", 422, "subscription is a name of up to 255 letters and digits.")]
    [InlineData("""{"context":"tenant","subscription":7}""", 422, "subscription is a string.")]
    [InlineData("""{"context":"mo","subscription":"a","source":{"id":"99"}}""", 404, "No managedObject for id '99'!")]
    [InlineData("""{"context":"mo","subscription":"a","source":"99"}""", 422, "source is an object.")]
    [InlineData(
        """{"context":"tenant","subscription":"a","subscriptionFilter":{"apis":["measurements"]}}""",
        422,
        "'measurements' is no API of the context tenant"
    )]
    [InlineData(
        """{"context":"tenant","subscription":"a","subscriptionFilter":{"apis":["*","alarms"]}}""",
        422,
        "In apis, * stands alone."
    )]
    [InlineData("""{"context":"tenant","subscription":"a","subscriptionFilter":{"apis":[7]}}""", 422, "apis holds strings.")]
    [InlineData(
        """{"context":"tenant","subscription":"a","subscriptionFilter":{"typeFilter":"'a' and 'b'"}}""",
        422,
        "or was expected at position 5"
    )]
    [InlineData("""{"context":"tenant","subscription":"a","nonPersistent":"x"}""", 422, "nonPersistent is true or false.")]
    [InlineData("[]", 422, "The body is a JSON object.")]
    public async Task A_wrong_subscription_is_refused(string body, int status, string message)
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var (answered, error) = await cloud.AskAsync("POST", Subscriptions, body);

        Assert.Equal(status, answered);
        Assert.Contains(message, (string)error!["message"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "subscriber,subscription")]
    [InlineData("""{"subscriber":"s","subscription":"t","expiresInMinutes":0}""", "expiresInMinutes")]
    [InlineData("""{"subscriber":"s","subscription":"t","expiresInMinutes":1e9}""", "expiresInMinutes")]
    [InlineData("""{"subscriber":"s s","subscription":"t"}""", "subscriber")]
    [InlineData("""{"subscriber":"s","subscription":"t","shared":1}""", "shared")]
    [InlineData("""{"subscriber":"s","subscription":"t","type":"other"}""", "type")]
    public async Task A_wrong_token_is_refused(string body, string named)
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var (status, error) = await cloud.AskAsync("POST", "/notification2/token", body);

        Assert.Equal(422, status);
        Assert.Contains(named, (string)error!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_consumer_gets_what_it_subscribed_to_and_what_came_while_it_was_away()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var device = await cloud.Cloud.AddDeviceAsync("d");
        await SubscribeAsync(
            cloud,
            $$$"""{"context":"mo","source":{"id":"{{{device.Id}}}"},"subscription":"topic","subscriptionFilter":{"apis":["alarms"]}}"""
        );
        await cloud.RaiseAsync(device.Id, "before");
        var token = await TokenAsync(cloud);
        var first = await OpenAsync(cloud, token);
        await ConnectedAsync(cloud);
        await cloud.RaiseAsync(device.Id, "one");

        var frame = await first.ReceiveTextAsync();
        var lines = frame!.Split('\n');
        Assert.Equal(($"/t1/alarms/{device.Id}", "CREATE", ""), (lines[1], lines[2], lines[3]));
        Assert.Equal("one", (string)JsonNode.Parse(lines[4])!["type"]!);
        await cloud.RaiseAsync(device.Id, "two");
        Assert.Equal("two", TypeOf(await first.ReceiveTextAsync()));

        // Only the first is acknowledged; the second comes again, and then what it missed.
        await first.SendAsync(lines[0]);
        await AcknowledgedAsync(cloud, 1);
        first.Socket.Abort();
        await DisconnectedAsync(cloud);
        await cloud.RaiseAsync(device.Id, "three");
        await using var second = await OpenAsync(cloud, token);
        Assert.Equal("two", TypeOf(await second.ReceiveTextAsync()));
        Assert.Equal("three", TypeOf(await second.ReceiveTextAsync()));
    }

    [Fact]
    public async Task Nothing_is_lost_where_the_process_starts_anew()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var device = await cloud.Cloud.AddDeviceAsync("d");
        await SubscribeAsync(cloud, """{"context":"tenant","subscription":"topic"}""");
        var token = await TokenAsync(cloud);
        await OpenAsync(cloud, token);
        await ConnectedAsync(cloud);
        await cloud.AddInstanceAsync(cloud.Cloud.Instance());
        await cloud.StopAsync(0);
        await cloud.RaiseAsync(device.Id, "missed");

        await using var again = await OpenAsync(cloud, token);
        Assert.Equal("missed", TypeOf(await again.ReceiveTextAsync()));
    }

    [Fact]
    public async Task Filters_choose_what_is_told_and_copy_what_is_wanted()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var group = await cloud.Cloud.AddDeviceAsync("g");
        var device = await cloud.Cloud.AddDeviceAsync("d", new NewDevice { AssetParents = [group.Id] });
        await SubscribeAsync(
            cloud,
            $$$"""{"context":"mo","source":{"id":"{{{group.Id}}}"},"subscription":"topic","subscriptionFilter":{"apis":["alarmsWithChildren"],"typeFilter":"'wanted'"}}"""
        );
        await SubscribeAsync(
            cloud,
            $$$"""{"context":"mo","source":{"id":"{{{device.Id}}}"},"subscription":"topic","subscriptionFilter":{"apis":["managedobjects"]},"fragmentsToCopy":["kept"]}"""
        );
        await using var socket = await OpenAsync(cloud, await TokenAsync(cloud));
        await ConnectedAsync(cloud);
        await cloud.RaiseAsync(device.Id, "unwanted");
        await cloud.RaiseAsync(device.Id, "wanted");
        await cloud.One.Devices.UpdateAsync(
            TestCloud.Tenant,
            device.Id,
            twin =>
                twin with
                {
                    Fragments = new JsonObject { ["kept"] = 1, ["left"] = 2 },
                },
            null,
            Cancellation
        );

        // The alarms change the counts that the device shows, too.
        var frames = new List<string[]>();
        do
        {
            frames.Add((await socket.ReceiveTextAsync())!.Split('\n'));
        } while (JsonNode.Parse(frames[^1][4])!["kept"] is null);

        var alarm = Assert.Single(frames, frame => frame[1] == $"/t1/alarmsWithChildren/{device.Id}");
        Assert.Equal("wanted", (string)JsonNode.Parse(alarm[4])!["type"]!);
        var thing = frames[^1];
        Assert.Equal(($"/t1/managedobjects/{device.Id}", "UPDATE"), (thing[1], thing[2]));
        Assert.Equal(1, (int)JsonNode.Parse(thing[4])!["kept"]!);
        Assert.Null(JsonNode.Parse(thing[4])!["left"]);
    }

    [Fact]
    public async Task In_the_tenant_s_context_new_objects_are_told_and_others_are_not()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        await SubscribeAsync(cloud, """{"context":"tenant","subscription":"topic","subscriptionFilter":{"apis":["managedobjects"]}}""");
        await using var socket = await OpenAsync(cloud, await TokenAsync(cloud));
        await ConnectedAsync(cloud);
        var one = await cloud.Cloud.AddDeviceAsync("one");
        await cloud.One.Devices.UpdateAsync(TestCloud.Tenant, one.Id, twin => twin with { Name = "other" }, null, Cancellation);
        var two = await cloud.Cloud.AddDeviceAsync("two");

        Assert.Contains($"/t1/managedobjects/{one.Id}\nCREATE", await socket.ReceiveTextAsync(), StringComparison.Ordinal);
        Assert.Contains($"/t1/managedobjects/{two.Id}\nCREATE", await socket.ReceiveTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_consumer_is_refused_while_the_first_is_alive_and_takes_over_where_it_is_not()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        await SubscribeAsync(cloud, """{"context":"tenant","subscription":"topic"}""");
        var token = await TokenAsync(cloud);
        var first = await OpenAsync(cloud, token, "&consumer=one");
        Assert.Contains("409", await RefusalAsync(cloud, token), StringComparison.Ordinal);
        Assert.Contains("409", await RefusalAsync(cloud, token + "&consumer=two"), StringComparison.Ordinal);

        // The same client again: it knows better than we do that its other socket is no more.
        var again = await OpenAsync(cloud, token, "&consumer=one");
        Assert.Null(await first.ReceiveTextAsync());
        Assert.Equal("The consumer has connected again.", first.Socket.CloseStatusDescription);

        again.Socket.Abort();
        while (cloud.Services.GetRequiredService<WebSocketTransport>().Count > 0)
        {
            await Task.Delay(10, Cancellation);
        }

        await using var other = await OpenAsync(cloud, token);
        var device = await cloud.Cloud.AddDeviceAsync("d");
        Assert.Contains(device.Id, await other.ReceiveTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shared_consumers_share_what_comes_and_what_one_leaves_the_other_gets()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        await SubscribeAsync(cloud, """{"context":"tenant","subscription":"topic","subscriptionFilter":{"apis":["alarms"]}}""");
        var device = await cloud.Cloud.AddDeviceAsync("d");
        var token = await TokenAsync(cloud, ",\"shared\":true");
        var first = await OpenAsync(cloud, token);
        await using var second = await OpenAsync(cloud, token);
        await ConnectedAsync(cloud, 2);
        await cloud.RaiseAsync(device.Id, "one");
        var taken = await Task.WhenAny(first.ReceiveTextAsync(), second.ReceiveTextAsync());
        Assert.Equal("one", TypeOf(await taken));

        first.Socket.Abort();
        await ConnectedAsync(cloud, 1);
        await cloud.RaiseAsync(device.Id, "two");
        Assert.Contains("alarms", await second.ReceiveTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_more_than_a_thousand_wait_for_acknowledgement()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        await SubscribeAsync(cloud, """{"context":"tenant","subscription":"topic","subscriptionFilter":{"apis":["alarms"]}}""");
        var device = await cloud.Cloud.AddDeviceAsync("d");
        await using var socket = await OpenAsync(cloud, await TokenAsync(cloud));
        await ConnectedAsync(cloud);
        for (var i = 0; i < NotificationPump.MostInFlight + 1; i++)
        {
            await cloud.RaiseAsync(device.Id, $"type {i}");
        }

        var keys = new List<string>();
        for (var i = 0; i < NotificationPump.MostInFlight; i++)
        {
            keys.Add((await socket.ReceiveTextAsync())!.Split('\n')[0]);
        }

        var last = socket.ReceiveTextAsync();
        await Task.Delay(100, Cancellation);
        Assert.False(last.IsCompleted);
        await socket.SendAsync(keys[0] + "\n");
        Assert.Equal($"type {NotificationPump.MostInFlight}", TypeOf(await last));
    }

    [Fact]
    public async Task A_token_that_is_wrong_over_or_unsubscribed_opens_nothing()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        await SubscribeAsync(cloud, """{"context":"tenant","subscription":"topic"}""");
        Assert.Contains("401", await RefusalAsync(cloud, "nonsense"), StringComparison.Ordinal);
        Assert.Contains("401", await RefusalAsync(cloud, ""), StringComparison.Ordinal);
        var token = await TokenAsync(cloud, ",\"expiresInMinutes\":90");
        var socket = await OpenAsync(cloud, token);

        var (status, result) = await cloud.AskAsync("POST", $"/notification2/unsubscribe?token={token}", user: "");
        Assert.Equal((200, """{"result":"DONE"}"""), (status, result!.ToJsonString()));
        Assert.Null(await socket.ReceiveTextAsync());
        Assert.Equal(401, (await cloud.AskAsync("POST", "/notification2/unsubscribe?token=x", user: "")).Status);
        Assert.Equal(422, (await cloud.AskAsync("POST", "/notification2/unsubscribe", user: "")).Status);
        cloud.Cloud.Time.Advance(TimeSpan.FromMinutes(91));
        Assert.Contains("401", await RefusalAsync(cloud, token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscriptions_vanish_with_their_object()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var device = await cloud.Cloud.AddDeviceAsync("d");
        await SubscribeAsync(cloud, $$"""{"context":"mo","source":{"id":"{{device.Id}}"},"subscription":"topic"}""");
        await using var socket = await OpenAsync(cloud, await TokenAsync(cloud));
        await ConnectedAsync(cloud);
        await cloud.One.Service.DeleteAsync(TestCloud.Tenant, device.Id, null, Cancellation);

        var frame = (await socket.ReceiveTextAsync())!.Split('\n');
        Assert.Equal(("DELETE", $$"""{"id":"{{device.Id}}"}"""), (frame[2], frame[4]));
        while ((await cloud.AskAsync("GET", Subscriptions)).Body!["subscriptions"]!.AsArray().Count > 0)
        {
            await Task.Delay(10, Cancellation);
        }
    }

    private static async Task SubscribeAsync(RealtimeCloud cloud, string body)
    {
        var (status, answer) = await cloud.AskAsync("POST", Subscriptions, body);
        Assert.True(status == 201, $"{status} {answer?.ToJsonString()}");
    }

    private static async Task<string> TokenAsync(RealtimeCloud cloud, string more = "")
    {
        var (status, body) = await cloud.AskAsync(
            "POST",
            "/notification2/token",
            $$"""{"subscriber":"s1","subscription":"topic"{{more}}}"""
        );
        Assert.Equal(200, status);
        return (string)body!["token"]!;
    }

    private static Task<TestSocket> OpenAsync(RealtimeCloud cloud, string token, string more = "") =>
        cloud.OpenAsync($"/notification2/consumer/?token={token}{more}");

    private static async Task<string> RefusalAsync(RealtimeCloud cloud, string token) =>
        (await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(cloud, token))).Message;

    private static string TypeOf(string? frame) => (string)JsonNode.Parse(frame!.Split('\n')[4])!["type"]!;

    private static Task ConnectedAsync(RealtimeCloud cloud, int count = 1) =>
        UntilAsync(cloud, consumer => consumer.Sockets.Count == count);

    private static Task DisconnectedAsync(RealtimeCloud cloud) => UntilAsync(cloud, consumer => consumer.Sockets.Count == 0);

    private static Task AcknowledgedAsync(RealtimeCloud cloud, int left) => UntilAsync(cloud, consumer => consumer.InFlight == left);

    private static async Task UntilAsync(RealtimeCloud cloud, Func<NotificationConsumer, bool> isSo)
    {
        var consumers = cloud.Services.GetRequiredService<ConsumerDirectory>();
        var shared = new ConsumerToken(TestCloud.Tenant, "topic", "s1", false, false);
        while (
            await consumers.FindAsync(TestCloud.Tenant, ConsumerDirectory.IdOf(shared), Cancellation) is not { } found || !isSo(found.Value)
        )
        {
            await Task.Delay(10, Cancellation);
        }
    }
}
