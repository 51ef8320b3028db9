using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Realtime;

public sealed class SocketTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/notification/realtime")]
    [InlineData("/cep/realtime")]
    public async Task A_client_that_connects_once_without_ids_and_only_listens_goes_on_hearing(string path)
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var device = await cloud.Cloud.AddDeviceAsync("d");
        await using var socket = await cloud.OpenAsync(path);
        // As the French article's client: no ids, a misspelt member, one connect.
        var welcome = await socket.AskAsync(
            $$$"""[{"channel":"/meta/handshake","ext":{"com.cumulocity.authn":{"token":"{{{RealtimeCloud.Token("admin")}}}"}},"version":"1.0","mininumVersion":"1.0beta","supportedConnectionTypes":["websocket","long-polling","callback-polling"],"advice":{"timeout":120000,"interval":30000}}]"""
        );
        Assert.Null(welcome["id"]);
        var client = (string)welcome["clientId"]!;
        await socket.AskAsync($$"""[{"channel":"/meta/subscribe","subscription":"/alarms/*","clientId":"{{client}}"}]""");
        await socket.SendAsync($$"""[{"channel":"/meta/connect","connectionType":"websocket","clientId":"{{client}}"}]""");
        await cloud.Cloud.Time.TimerSetAsync();

        for (var minute = 0; minute < 40; minute++)
        {
            cloud.Cloud.Time.Advance(TimeSpan.FromMinutes(1));
            if (minute % 5 == 4)
            {
                await cloud.Services.GetRequiredService<RealtimeUpkeep>().RunAsync(Cancellation);
            }

            await cloud.RaiseAsync(device.Id, $"type {minute}");
            var told = await socket.TellAsync();
            while (told == "/meta/connect")
            {
                told = await socket.TellAsync();
            }

            Assert.Equal($"/alarms/{device.Id} CREATE", told);
        }
    }

    [Fact]
    public async Task A_connect_is_answered_when_its_time_is_up_and_by_the_next_one()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        await using var socket = await cloud.OpenAsync();
        await socket.HandshakeAsync();
        var first = await socket.AskAsync(
            $$"""[{"id":"3","channel":"/meta/connect","clientId":"{{socket.Client}}","advice":{"timeout":0} }]"""
        );
        Assert.Equal("retry", (string)first["advice"]!["reconnect"]!);

        await socket.SendAsync($$"""[{"id":"4","channel":"/meta/connect","clientId":"{{socket.Client}}"}]""");
        var answered = await socket.AskAsync($$"""[{"id":"5","channel":"/meta/connect","clientId":"{{socket.Client}}"}]""");
        Assert.Equal("4", (string)answered["id"]!);
        await cloud.Cloud.Time.TimerSetAsync();
        while (cloud.Cloud.Time.NextTimer is null || cloud.Cloud.Time.NextTimer > TimeSpan.FromSeconds(45))
        {
            await Task.Yield();
        }

        cloud.Cloud.Time.Advance(TimeSpan.FromSeconds(45));
        Assert.Equal("5", (string)(await socket.NextAsync())["id"]!);
    }

    [Fact]
    public async Task A_change_that_several_channels_match_comes_once_for_each_name()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var device = await cloud.Cloud.AddDeviceAsync("d");
        await using var socket = await cloud.OpenAsync();
        await socket.HandshakeAsync();
        await socket.SubscribeAsync($"/alarms/{device.Id}", "/alarms/*", $"/alarmsWithChildren/{device.Id}");
        await cloud.RaiseAsync(device.Id, "one");
        string[] told = [await socket.TellAsync(), await socket.TellAsync()];
        Assert.Equal([$"/alarms/{device.Id} CREATE", $"/alarmsWithChildren/{device.Id} CREATE"], told.Order());

        // Without the wildcard the one that it covered counts again.
        await socket.AskAsync($$"""[{"channel":"/meta/unsubscribe","clientId":"{{socket.Client}}","subscription":"/alarms/*"}]""");
        await socket.AskAsync(
            $$"""[{"channel":"/meta/unsubscribe","clientId":"{{socket.Client}}","subscription":"/alarmsWithChildren/{{device.Id}}"}]"""
        );
        await cloud.RaiseAsync(device.Id, "two");
        Assert.Equal($"/alarms/{device.Id} CREATE", await socket.TellAsync());
        await socket.AskAsync(
            $$"""[{"channel":"/meta/unsubscribe","clientId":"{{socket.Client}}","subscription":"/alarms/{{device.Id}}"}]"""
        );
        await cloud.RaiseAsync(device.Id, "three");
        Assert.Equal(
            "/meta/connect",
            (string)
                (await socket.AskAsync($$"""[{"channel":"/meta/connect","clientId":"{{socket.Client}}","advice":{"timeout":0} }]"""))[
                    "channel"
                ]!
        );
    }

    [Fact]
    public async Task A_session_goes_on_on_a_new_socket_with_what_it_missed()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var device = await cloud.Cloud.AddDeviceAsync("d");
        var first = await cloud.OpenAsync();
        var client = await first.HandshakeAsync();
        await first.SubscribeAsync("/alarms/*");
        first.Socket.Abort();
        await GoneAsync(cloud);
        await cloud.RaiseAsync(device.Id, "missed");

        await using var second = await cloud.OpenAsync();
        await second.SendAsync($$"""[{"id":"9","channel":"/meta/connect","clientId":"{{client}}","advice":{"timeout":0} }]""");
        Assert.Equal($"/alarms/{device.Id} CREATE", await second.TellAsync());
        Assert.Equal("9", (string)(await second.NextAsync())["id"]!);
        await cloud.RaiseAsync(device.Id, "next");
        Assert.Equal($"/alarms/{device.Id} CREATE", await second.TellAsync());
    }

    [Fact]
    public async Task A_session_goes_on_by_polling_and_back()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var device = await cloud.Cloud.AddDeviceAsync("d");
        await using var first = await cloud.OpenAsync();
        var client = await first.HandshakeAsync();
        await first.SubscribeAsync("/alarms/*");
        first.Socket.Abort();
        await GoneAsync(cloud);
        await cloud.RaiseAsync(device.Id, "one");
        Assert.Single(await cloud.PollAsync(client));

        await using var second = await cloud.OpenAsync();
        await second.AskAsync($$"""[{"id":"9","channel":"/meta/connect","clientId":"{{client}}","advice":{"timeout":0} }]""");
        await cloud.RaiseAsync(device.Id, "two");
        Assert.Equal($"/alarms/{device.Id} CREATE", await second.TellAsync());
    }

    [Fact]
    public async Task A_disconnect_closes_the_socket()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        await using var socket = await cloud.OpenAsync();
        await socket.HandshakeAsync();
        var reply = await socket.AskAsync($$"""[{"id":"16","channel":"/meta/disconnect","clientId":"{{socket.Client}}"}]""");

        Assert.Equal("""{"id":"16","channel":"/meta/disconnect","successful":true}""", reply.ToJsonString());
        Assert.Null(await socket.ReceiveTextAsync());
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.Socket.CloseStatus);
    }

    [Fact]
    public async Task A_wrong_handshake_is_denied_and_what_is_malformed_told()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        await using var socket = await cloud.OpenAsync();

        Assert.Equal("403::Handshake denied", (string)(await socket.AskAsync("""[{"channel":"/meta/handshake"}]"""))["error"]!);
        Assert.StartsWith("400::", (string)(await socket.AskAsync("[{"))["error"]!, StringComparison.Ordinal);
        Assert.Equal("402::Unknown client", (string)(await socket.AskAsync("""[{"channel":"/meta/connect"}]"""))["error"]!);
        await socket.HandshakeAsync();
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => cloud.OpenAsync(authorization: "Basic bm86Ym9keQ=="));
        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookies_need_the_proof_that_a_page_of_another_site_does_not_have()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var user = (await cloud.One.Users.FindAsync(TestCloud.Tenant, "admin", Cancellation))!.Value;
        var tokens = await cloud
            .Services.GetRequiredService<Serverless.Dialects.Authentication.AccessTokens>()
            .IssueAsync(TestCloud.Tenant, user, null, Cancellation);
        await using var socket = await cloud.OpenAsync(cookie: $"authorization={tokens.Access}; XSRF-TOKEN=proof");

        Assert.Equal("403::Handshake denied", (string)(await socket.AskAsync("""[{"channel":"/meta/handshake"}]"""))["error"]!);
        var reply = await socket.AskAsync("""[{"channel":"/meta/handshake","ext":{"com.cumulocity.authn":{"xsrfToken":"proof"} } }]""");
        Assert.True((bool)reply["successful"]!);
        await using var bearer = await cloud.OpenAsync();
        Assert.True(
            (bool)
                (
                    await bearer.AskAsync(
                        $$$"""[{"channel":"/meta/handshake","ext":{"com.cumulocity.authn":{"token":"{{{tokens.Access}}}"} } }]"""
                    )
                )["successful"]!
        );
    }

    [Fact]
    public async Task An_agent_on_a_socket_gets_bare_operations_and_is_connected()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var device = await cloud.Cloud.AddDeviceAsync("d");
        await using var socket = await cloud.OpenAsync("/notification/operations");
        await socket.HandshakeAsync();
        await socket.SubscribeAsync($"/{device.Id}");
        var command = await cloud.CommandAsync(device.Id);

        var told = await socket.NextAsync();
        Assert.Equal((command.Id, $"/{device.Id}"), ((string)told["data"]!["id"]!, (string)told["channel"]!));
        Assert.True(cloud.Presence.UntilOf(device.Id) > cloud.Cloud.Time.GetUtcNow());
        socket.Socket.Abort();
        await GoneAsync(cloud);
        Assert.Equal(cloud.Cloud.Time.GetUtcNow(), cloud.Presence.UntilOf(device.Id));
    }

    private static async Task GoneAsync(RealtimeCloud cloud)
    {
        var sessions = cloud.Services.GetRequiredService<RealtimeSessions>();
        while ((await sessions.ListConnectionsAsync(Cancellation)).Count > 0)
        {
            await Task.Delay(10, Cancellation);
        }

        // The connection's document goes first, then its session is told.
        await Task.Delay(50, Cancellation);
    }
}
