using Microsoft.Extensions.DependencyInjection;
using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Domain.Devices;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Realtime;

public sealed class LongPollingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_documented_conversation_is_answered_as_documented()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var device = await cloud.Cloud.AddDeviceAsync("d");

        var welcome = (
            await cloud.TalkAsync(
                """[{"id":"1","channel":"/meta/handshake","version":"1.0","minimumVersion":"1.0","supportedConnectionTypes":["long-polling"]}]""",
                "/notification/realtime/handshake"
            )
        )[0]!;
        Assert.True((bool)welcome["successful"]!);
        var client = (string)welcome["clientId"]!;
        Assert.True(client.Length >= 30);
        Assert.Equal(
            $$"""{"id":"1","channel":"/meta/handshake","successful":true,"version":"1.0","minimumVersion":"1.0","clientId":"{{client}}","supportedConnectionTypes":["long-polling","smartrest-long-polling","websocket"]}""",
            welcome.ToJsonString()
        );

        var subscribed = await cloud.TalkAsync(
            $$"""[{"id":"2","channel":"/meta/subscribe","clientId":"{{client}}","subscription":"/alarms/{{device.Id}}"}]""",
            "/notification/realtime/"
        );
        Assert.Equal(
            $$"""[{"id":"2","channel":"/meta/subscribe","successful":true,"clientId":"{{client}}","subscription":"/alarms/{{device.Id}}"}]""",
            subscribed.ToJsonString()
        );

        var alarm = await cloud.RaiseAsync(device.Id);
        var connected = await cloud.TalkAsync(
            $$"""[{"id":"7","channel":"/meta/connect","clientId":"{{client}}","connectionType":"long-polling","advice":{"timeout":0} }]""",
            "/notification/realtime/connect"
        );
        Assert.Equal($"/alarms/{device.Id}", (string)connected[0]!["channel"]!);
        Assert.Equal("CREATE", (string)connected[0]!["data"]!["realtimeAction"]!);
        Assert.Equal(alarm.Id, (string)connected[0]!["data"]!["data"]!["id"]!);
        Assert.Equal(
            """{"id":"7","channel":"/meta/connect","successful":true,"advice":{"reconnect":"retry","interval":0,"timeout":45000}}""",
            connected[1]!.ToJsonString()
        );

        var left = await cloud.TalkAsync(
            $$"""[{"id":"9","channel":"/meta/unsubscribe","clientId":"{{client}}","subscription":"/alarms/{{device.Id}}"},{"channel":"/meta/disconnect","clientId":"{{client}}"}]"""
        );
        Assert.Equal(
            $$"""[{"id":"9","channel":"/meta/unsubscribe","successful":true,"subscription":"/alarms/{{device.Id}}"},{"channel":"/meta/disconnect","successful":true}]""",
            left.ToJsonString()
        );
        Assert.Equal(
            """[{"id":"7","channel":"/meta/connect","successful":false,"error":"402::Unknown client","advice":{"reconnect":"handshake","interval":0}}]""",
            (await cloud.ConnectAsync(client, 0)).ToJsonString()
        );
    }

    [Fact]
    public async Task A_connect_waits_for_what_happens_and_is_answered_at_once()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var device = await cloud.Cloud.AddDeviceAsync("d");
        var client = await cloud.HandshakeAsync("/alarms/*");

        var connect = cloud.ConnectAsync(client);
        Assert.False(connect.IsCompleted);
        await cloud.RaiseAsync(device.Id);

        Assert.Equal([$"/alarms/{device.Id} CREATE"], RealtimeCloud.Tell(await connect.WaitAsync(TimeSpan.FromSeconds(20), Cancellation)));
    }

    [Fact]
    public async Task A_connect_is_answered_when_its_time_is_up()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var client = await cloud.HandshakeAsync("/alarms/*");

        var connect = cloud.ConnectAsync(client, 30_000);
        while (!connect.IsCompleted)
        {
            await Task.WhenAny(connect, Task.Delay(20, Cancellation));
            cloud.Cloud.Time.Advance(TimeSpan.FromSeconds(5));
        }

        var reply = Assert.Single(await connect);
        Assert.True((bool)reply!["successful"]!);
    }

    [Fact]
    public async Task Nothing_is_lost_between_polls_and_nothing_comes_twice()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var device = await cloud.Cloud.AddDeviceAsync("d");
        await cloud.RaiseAsync(device.Id, "before");
        var client = await cloud.HandshakeAsync("/alarms/*", $"/alarms/{device.Id}", "/managedobjects/*");
        await cloud.RaiseAsync(device.Id, "one");
        await cloud.RaiseAsync(device.Id, "two");

        // Each alarm changes the counts that its device shows.
        var (alarm, update) = ($"/alarms/{device.Id} CREATE", $"/managedobjects/{device.Id} UPDATE");
        Assert.Equal([alarm, update, alarm, update], await cloud.PollAsync(client));
        Assert.Empty(await cloud.PollAsync(client));
        await cloud.One.Service.DeleteAsync(TestCloud.Tenant, device.Id, null, Cancellation);
        var deleted = (await cloud.ConnectAsync(client, 0))[0]!;
        Assert.Equal($$"""{"realtimeAction":"DELETE","data":"{{device.Id}}"}""", deleted["data"]!.ToJsonString());
    }

    [Fact]
    public async Task A_session_goes_on_on_another_instance_and_after_a_restart()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var device = await cloud.Cloud.AddDeviceAsync("d");
        var client = await cloud.HandshakeAsync("/alarms/*");
        await cloud.AddInstanceAsync(cloud.Cloud.Instance());
        await cloud.RaiseAsync(device.Id, "one");
        Assert.Single(await cloud.PollAsync(client, instance: 1));

        await cloud.StopAsync(0);
        await cloud.RaiseAsync(device.Id, "two");
        Assert.Single(await cloud.PollAsync(client));
    }

    [Fact]
    public async Task A_process_that_stops_answers_the_polls_that_wait()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var client = await cloud.HandshakeAsync("/alarms/*");
        var sessions = cloud.Services.GetRequiredService<RealtimeSessions>();
        var connect = cloud.ConnectAsync(client);
        while ((await sessions.FindAsync(client, Cancellation))?.Holder is null)
        {
            await Task.Delay(10, Cancellation);
        }

        await cloud.StopAsync(0).WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
        var reply = Assert.Single(await connect);
        Assert.Equal("retry", (string)reply!["advice"]!["reconnect"]!);
    }

    [Fact]
    public async Task A_client_that_went_away_gets_the_same_again()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var device = await cloud.Cloud.AddDeviceAsync("d");
        var client = await cloud.HandshakeAsync("/alarms/*");
        using var impatience = new CancellationTokenSource();
        var connect = cloud.PostAsync($$"""[{"channel":"/meta/connect","clientId":"{{client}}"}]""", cancellation: impatience.Token);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connect);

        await cloud.RaiseAsync(device.Id);

        Assert.Single(await cloud.PollAsync(client));
    }

    [Fact]
    public async Task A_reply_that_was_lost_on_its_way_comes_again_to_a_client_that_acknowledges()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var device = await cloud.Cloud.AddDeviceAsync("d");
        var welcome = (await cloud.TalkAsync("""[{"channel":"/meta/handshake","ext":{"ack":true}}]"""))[0]!;
        Assert.True((bool)welcome["ext"]!["ack"]!);
        var client = (string)welcome["clientId"]!;
        await cloud.TalkAsync($$"""[{"channel":"/meta/subscribe","clientId":"{{client}}","subscription":"/alarms/*"}]""");
        await cloud.RaiseAsync(device.Id, "one");

        var first = await cloud.ConnectAsync(client, 0, more: ",\"ext\":{\"ack\":-1}");
        var ack = (long)first[1]!["ext"]!["ack"]!;
        await cloud.RaiseAsync(device.Id, "two");
        var second = await cloud.ConnectAsync(client, 0, more: $",\"ext\":{{\"ack\":{ack}}}");
        var again = await cloud.ConnectAsync(client, 0, more: $",\"ext\":{{\"ack\":{ack}}}");

        Assert.Equal(2, second.Count);
        Assert.Equal(second[0]!.ToJsonString(), again[0]!.ToJsonString());
    }

    [Fact]
    public async Task One_more_connect_answers_the_first()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var device = await cloud.Cloud.AddDeviceAsync("d");
        var client = await cloud.HandshakeAsync("/alarms/*");
        var first = cloud.ConnectAsync(client);
        var sessions = cloud.Services.GetRequiredService<RealtimeSessions>();
        while ((await sessions.FindAsync(client, Cancellation))?.Holder is null)
        {
            await Task.Delay(10, Cancellation);
        }

        await cloud.ConnectAsync(client, 0);

        var reply = Assert.Single(await first.WaitAsync(TimeSpan.FromSeconds(20), Cancellation));
        Assert.True((bool)reply!["successful"]!);
        await cloud.RaiseAsync(device.Id);
        Assert.Single(await cloud.PollAsync(client));
    }

    [Fact]
    public async Task A_subscription_counts_for_the_connect_that_already_waits()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var device = await cloud.Cloud.AddDeviceAsync("d");
        var client = await cloud.HandshakeAsync();
        var connect = cloud.ConnectAsync(client);
        await cloud.TalkAsync($$"""[{"channel":"/meta/subscribe","clientId":"{{client}}","subscription":["/alarms/*","/events/*"]}]""");
        await cloud.RaiseAsync(device.Id);

        Assert.Single(RealtimeCloud.Tell(await connect.WaitAsync(TimeSpan.FromSeconds(20), Cancellation)));
    }

    [Fact]
    public async Task A_session_ends_without_connects_and_one_that_is_far_behind_begins_anew()
    {
        await using var cloud = await RealtimeCloud.StartAsync(new CumulocityRealtimeOptions { MostBehind = 3 });
        var device = await cloud.Cloud.AddDeviceAsync("d");
        var late = await cloud.HandshakeAsync("/alarms/*");
        var behind = await cloud.HandshakeAsync("/alarms/*");
        for (var i = 0; i < 5; i++)
        {
            await cloud.RaiseAsync(device.Id, $"type {i}");
        }

        var reply = (await cloud.ConnectAsync(behind, 0))[0]!;
        Assert.StartsWith("402::Unknown client: 10 changes behind", (string)reply["error"]!, StringComparison.Ordinal);
        Assert.Equal("handshake", (string)reply["advice"]!["reconnect"]!);
        cloud.Cloud.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("402::Unknown client", (string)(await cloud.ConnectAsync(late, 0))[0]!["error"]!);
    }

    [Fact]
    public async Task Things_below_a_source_are_told_on_its_channel_with_children()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var group = await cloud.Cloud.AddDeviceAsync("group", new NewDevice { IsAsset = true });
        var parent = await cloud.Cloud.AddDeviceAsync("parent", new NewDevice { AssetParents = [group.Id] });
        var child = await cloud.Cloud.AddDeviceAsync("child", new NewDevice { Parents = [parent.Id] });
        var client = await cloud.HandshakeAsync(
            $"/alarmsWithChildren/{group.Id}",
            $"/alarms/{parent.Id}",
            "/alarmsWithChildren/*",
            $"/{parent.Id}"
        );

        await cloud.RaiseAsync(child.Id);
        Assert.Equal([$"/alarmsWithChildren/{child.Id} CREATE", $"/alarmsWithChildren/{group.Id} CREATE"], await cloud.PollAsync(client));
        var command = await cloud.CommandAsync(child.Id);
        var operation = (await cloud.ConnectAsync(client, 0))[0]!;
        Assert.Equal($"/{parent.Id}", (string)operation["channel"]!);
        Assert.Equal(command.Id, (string)operation["data"]!["id"]!);
        Assert.Equal("PENDING", (string)operation["data"]!["status"]!);
        Assert.NotNull(operation["data"]!["c8y_Restart"]);
    }

    [Fact]
    public async Task An_agent_that_polls_is_connected()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var client = await cloud.HandshakeAsync("/12");
        await cloud.PollAsync(client);
        Assert.True(cloud.Presence.UntilOf("12") > cloud.Cloud.Time.GetUtcNow());

        await cloud.TalkAsync($$"""[{"channel":"/meta/disconnect","clientId":"{{client}}"}]""");
        Assert.Equal(cloud.Cloud.Time.GetUtcNow(), cloud.Presence.UntilOf("12"));
    }

    [Fact]
    public async Task Measurements_of_a_device_come_though_they_are_logged_for_listeners_alone()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var device = await cloud.Cloud.AddDeviceAsync("d");
        var client = await cloud.HandshakeAsync($"/measurements/{device.Id}");
        await cloud.One.Pipeline.IngestAsync(
            [
                new Domain.Telemetry.DeviceMessage(
                    "d",
                    """{"temp":21.5}"""u8.ToArray(),
                    cloud.Cloud.Time.GetUtcNow(),
                    Domain.Telemetry.MessageSource.Telemetry,
                    Domain.Telemetry.DeviceMessage.NoProperties,
                    Domain.Telemetry.DeviceMessage.NoProperties
                ),
            ],
            Cancellation
        );

        var told = (await cloud.ConnectAsync(client, 0))[0]!;
        Assert.Equal(device.Id, (string)told["data"]!["data"]!["source"]!["id"]!);
        Assert.Equal(21.5, (double)told["data"]!["data"]!["temp"]!["value"]!["value"]!);
    }
}
