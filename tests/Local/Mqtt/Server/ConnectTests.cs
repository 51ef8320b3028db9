using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Tests.Mqtt.Support;
using static Serverless.Local.Tests.Mqtt.Support.TestEndpoint;

namespace Serverless.Local.Tests.Mqtt.Server;

public sealed class ConnectTests
{
    [Fact]
    public async Task A_device_with_a_valid_token_is_accepted()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1");
        await device.PingAsync();
        Assert.Equal([("dev1", true)], endpoint.Hub.Connections);
    }

    [Theory]
    [InlineData("localhost/dev1/?api-version=2021-04-12&DeviceClientType=x")]
    [InlineData("localhost/dev1/api-version=2016-11-14")]
    [InlineData("LOCALHOST/dev1/?api-version=2021-04-12")]
    [InlineData("localhost/dev1")]
    public async Task User_names_in_use_are_understood(string userName)
    {
        await using var endpoint = await StartAsync();
        await endpoint.RegisterAsync("dev1");
        await using var device = await endpoint.OpenAsync();
        var code = await device.ConnectAsync(ClientPackets.Connect("dev1", userName, endpoint.Token("dev1")));
        Assert.Equal(ConnectReturnCode.Accepted, code);
    }

    [Theory]
    [InlineData("dev1", "localhost/dev1/?api-version=2021-04-12", "wrong key", ConnectReturnCode.NotAuthorized)]
    [InlineData("dev1", "localhost/dev1/?api-version=2021-04-12", "expired", ConnectReturnCode.NotAuthorized)]
    [InlineData("dev1", "localhost/dev1/?api-version=2021-04-12", "other device", ConnectReturnCode.NotAuthorized)]
    [InlineData("dev1", "other/dev1/?api-version=2021-04-12", "valid", ConnectReturnCode.NotAuthorized)]
    [InlineData("dev1", "localhost/dev1/?api-version=2021-04-12", "none", ConnectReturnCode.NotAuthorized)]
    [InlineData("dev1", "localhost/dev1/?api-version=2021-04-12", "garbage", ConnectReturnCode.BadUserNameOrPassword)]
    [InlineData("dev2", "localhost/dev1/?api-version=2021-04-12", "valid", ConnectReturnCode.IdentifierRejected)]
    [InlineData("dev1/mod1", "localhost/dev1/mod1/?api-version=2021-04-12", "valid", ConnectReturnCode.IdentifierRejected)]
    [InlineData("disabled", "localhost/disabled/?api-version=2021-04-12", "valid", ConnectReturnCode.NotAuthorized)]
    [InlineData("unknown", "localhost/unknown/?api-version=2021-04-12", "valid", ConnectReturnCode.NotAuthorized)]
    [InlineData("dev1", "somebody", "garbage", ConnectReturnCode.NotAuthorized)]
    [InlineData("dev1", null, "none", ConnectReturnCode.NotAuthorized)]
    public async Task Other_credentials_are_refused(string clientId, string? userName, string password, ConnectReturnCode expected)
    {
        await using var endpoint = await StartAsync();
        await endpoint.RegisterAsync("dev1");
        await endpoint.RegisterAsync("disabled", enabled: false);
        await using var client = await endpoint.OpenAsync();
        var token = password switch
        {
            "wrong key" => endpoint.Token(clientId, key: "AAAA"),
            "expired" => endpoint.Token(clientId, seconds: 0),
            "other device" => endpoint.Token("dev3"),
            "valid" => endpoint.Token(clientId.Split('/')[0]),
            "none" => null,
            _ => "garbage",
        };
        Assert.Equal(expected, await client.ConnectAsync(ClientPackets.Connect(clientId, userName, token)));
        await client.AssertClosedAsync();
        Assert.Empty(endpoint.Hub.Connections);
    }

    [Fact]
    public async Task Another_protocol_level_is_answered_with_code_1()
    {
        await using var endpoint = await StartAsync();
        await using var client = await endpoint.OpenAsync();
        var connect = ClientPackets.Connect("dev1");
        connect[8] = 5;
        Assert.Equal(ConnectReturnCode.UnacceptableProtocol, await client.ConnectAsync(connect));
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task A_first_packet_that_is_not_CONNECT_closes_the_connection()
    {
        await using var endpoint = await StartAsync();
        await using var client = await endpoint.OpenAsync();
        await client.SendAsync(ClientPackets.PingReq);
        Assert.Null(await client.TryReadAsync());
    }

    [Fact]
    public async Task A_second_CONNECT_closes_the_connection()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1");
        await device.SendAsync(ClientPackets.Connect("dev1", UserName("dev1"), endpoint.Token("dev1")));
        Assert.Null(await device.TryReadAsync());
    }

    [Fact]
    public async Task Packets_sent_right_behind_CONNECT_are_handled()
    {
        await using var endpoint = await StartAsync();
        await endpoint.RegisterAsync("dev1");
        await using var device = await endpoint.OpenAsync();
        await device.SendAsync([.. ClientPackets.Connect("dev1", UserName("dev1"), endpoint.Token("dev1")), .. ClientPackets.PingReq]);
        await device.ReadAsync(PacketType.ConnAck);
        await device.ReadAsync(PacketType.PingResp);
    }

    [Fact]
    public async Task A_new_connection_of_a_device_ends_its_old_one()
    {
        await using var endpoint = await StartAsync();
        await using var old = await endpoint.ConnectAsync("dev1");
        await using var other = await endpoint.ConnectAsync("dev2");
        await using var device = await endpoint.ConnectAsync("dev1");
        await old.AssertClosedAsync();
        await device.PingAsync();
        await other.PingAsync();
        Assert.Equal([("dev1", true), ("dev2", true), ("dev1", false), ("dev1", true)], endpoint.Hub.Connections);
    }

    [Fact]
    public async Task Of_many_connections_at_once_one_remains()
    {
        await using var endpoint = await StartAsync();
        await endpoint.RegisterAsync("dev1");
        var packet = ClientPackets.Connect("dev1", UserName("dev1"), endpoint.Token("dev1"));
        var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => endpoint.OpenAsync()));
        await Task.WhenAll(clients.Select(client => client.SendAsync(packet)));

        // A CONNACK or an end: by then each of them has had its turn.
        await Task.WhenAll(clients.Select(client => client.TryReadAsync()));
        await using var last = await endpoint.ConnectAsync("dev1");
        await Task.WhenAll(clients.Select(client => client.AssertClosedAsync()));
        await last.PingAsync();
        var states = endpoint.Hub.Connections.Select(change => change.Connected).ToList();
        Assert.Equal(Enumerable.Range(0, states.Count).Select(index => index % 2 == 0), states);
        Assert.True(states[^1]);
    }
}
