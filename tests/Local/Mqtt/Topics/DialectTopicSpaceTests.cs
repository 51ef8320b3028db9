using System.Text;
using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Tests.Mqtt.Support;
using static Serverless.Local.Tests.Mqtt.Support.TestEndpoint;

namespace Serverless.Local.Tests.Mqtt.Topics;

public sealed class DialectTopicSpaceTests
{
    [Theory]
    [InlineData("c1", "test", "secret", ConnectReturnCode.Accepted)]
    [InlineData("", "test", "secret", ConnectReturnCode.Accepted)]
    [InlineData("c1", "test", "wrong", ConnectReturnCode.BadUserNameOrPassword)]
    [InlineData("c1", "test", null, ConnectReturnCode.BadUserNameOrPassword)]
    [InlineData("nowhere", "test", "secret", ConnectReturnCode.NotAuthorized)]
    [InlineData("wrong:id", "test", "secret", ConnectReturnCode.IdentifierRejected)]
    [InlineData("unlucky", "test", "secret", ConnectReturnCode.ServerUnavailable)]
    [InlineData("c1", "somebody", "secret", ConnectReturnCode.NotAuthorized)]
    [InlineData("c1", null, null, ConnectReturnCode.NotAuthorized)]
    public async Task A_client_gets_its_dialects_answer(string clientId, string? userName, string? password, ConnectReturnCode expected)
    {
        await using var endpoint = await StartAsync(dialect: new TestDialect());
        await using var client = await endpoint.OpenAsync();
        Assert.Equal(expected, await client.ConnectAsync(ClientPackets.Connect(clientId, userName, password)));
    }

    [Fact]
    public async Task A_client_identifier_beyond_1024_bytes_is_refused()
    {
        await using var endpoint = await StartAsync(dialect: new TestDialect());
        await using var client = await endpoint.OpenAsync();
        var connect = ClientPackets.Connect(new string('ü', 513), TestDialect.UserName, TestDialect.Password);
        Assert.Equal(ConnectReturnCode.IdentifierRejected, await client.ConnectAsync(connect));
    }

    [Theory]
    [InlineData(false, 4)]
    [InlineData(true, 3)]
    public async Task A_dialect_is_told_what_the_client_said(bool version31, int version)
    {
        var dialect = new TestDialect();
        await using var endpoint = await StartAsync(dialect: dialect);
        await using var client = await endpoint.OpenAsync();
        await client.ConnectAsync(ClientPackets.Connect("c1", "test", "secret", clean: false, keepAlive: 17, version31: version31));
        var told = Assert.Single(dialect.Clients);
        Assert.Equal(("c1", "test", "secret", false), (told.ClientId, told.UserName, told.Password, told.CleanSession));
        Assert.Equal((version, 17, "127.0.0.1"), (told.ProtocolVersion, told.KeepAlive, told.Address));
        Assert.Equal(endpoint.Clock.GetUtcNow(), told.ConnectedAt);
        Assert.DoesNotContain("secret", told.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task IoT_Hubs_devices_are_asked_first_and_speak_no_MQTT_3_1()
    {
        var dialect = new TestDialect();
        await using var endpoint = await StartAsync(dialect: dialect);
        await using var device = await endpoint.ConnectAsync("dev1");
        await using var old = await endpoint.OpenAsync();
        var connect = ClientPackets.Connect("dev1", UserName("dev1"), endpoint.Token("dev1"), version31: true);
        Assert.Equal(ConnectReturnCode.UnacceptableProtocol, await old.ConnectAsync(connect));
        Assert.Empty(dialect.Clients);
    }

    [Fact]
    public async Task MQTT_3_1_needs_a_client_identifier_and_is_told_of_no_session()
    {
        await using var endpoint = await StartAsync(dialect: new TestDialect());
        await using var nameless = await endpoint.OpenAsync();
        var empty = ClientPackets.Connect("", "test", "secret", version31: true);
        Assert.Equal(ConnectReturnCode.IdentifierRejected, await nameless.ConnectAsync(empty));
        for (var i = 0; i < 2; i++)
        {
            await using var client = await endpoint.OpenAsync();
            await client.SendAsync(ClientPackets.Connect("c1", "test", "secret", clean: false, version31: true));
            Assert.Equal([0, 0], (await client.ReadAsync(PacketType.ConnAck)).Body);
        }
    }

    [Fact]
    public async Task A_new_connection_of_a_client_ends_its_old_one_but_clients_without_a_name_are_all_different()
    {
        var dialect = new TestDialect();
        await using var endpoint = await StartAsync(dialect: dialect);
        await using var old = await ConnectAsync(endpoint, "c1");
        await using var other = await ConnectAsync(endpoint, "");
        await using var another = await ConnectAsync(endpoint, "");
        await using var client = await ConnectAsync(endpoint, "c1");
        await old.AssertClosedAsync();
        await client.PingAsync();
        await other.PingAsync();
        await another.PingAsync();
        await dialect.ExpectAsync("c1 connected", " connected", " connected", "c1 disconnected", "c1 connected");
    }

    [Fact]
    public async Task Connected_clients_are_listed_by_tenant_without_their_passwords()
    {
        await using var endpoint = await StartAsync(dialect: new TestDialect());
        await using var device = await endpoint.ConnectAsync("dev1");
        endpoint.Clock.Advance(TimeSpan.FromSeconds(1));
        await using var client = await ConnectAsync(endpoint, "c1");
        var all = endpoint.Connections.Of("t1");
        Assert.Equal([("iothub", "dev1"), ("test", "c1")], all.Select(one => (one.Dialect, one.Client.ClientId)));
        Assert.All(all, one => Assert.Null(one.Client.Password));
        Assert.Equal(endpoint.Clock.GetUtcNow(), all[1].Client.ConnectedAt);
        Assert.Empty(endpoint.Connections.Of("t2"));
        await device.SendAsync(ClientPackets.Disconnect);
        await device.AssertClosedAsync();
        Assert.Equal("c1", Assert.Single(endpoint.Connections.Of("t1")).Client.ClientId);
    }

    [Fact]
    public async Task Neither_topics_nor_passwords_reach_the_log()
    {
        var dialect = new TestDialect { OnPublish = _ => Task.FromException(new IOException("The disk is full.")) };
        await using var endpoint = await StartAsync(dialect: dialect);
        await using var client = await ConnectAsync(endpoint, "c1");
        await client.SubscribeAsync(("hush-token/#", 1));
        await client.SendAsync(ClientPackets.Publish("hush-token/c1", [1], qos: 1, id: 1));
        await client.AssertClosedAsync();
        await using var again = await ConnectAsync(endpoint, "c1");
        await again.SendAsync(ClientPackets.Publish("hush-token/+", [1], qos: 1, id: 1));
        await again.AssertClosedAsync();
        Assert.Contains(endpoint.Logs.All, line => line.Contains("test/c1", StringComparison.Ordinal));
        Assert.DoesNotContain(endpoint.Logs.All, line => line.Contains("hush", StringComparison.Ordinal));
        Assert.DoesNotContain(endpoint.Logs.All, line => line.Contains(TestDialect.Password, StringComparison.Ordinal));
    }

    internal static async Task<TestClient> ConnectAsync(TestEndpoint endpoint, string clientId, bool clean = true, string? will = null)
    {
        var client = await endpoint.OpenAsync();
        (string, byte[], int)? last = will is null ? null : ("wills", Encoding.UTF8.GetBytes(will), 1);
        var connect = ClientPackets.Connect(clientId, TestDialect.UserName, TestDialect.Password, clean, will: last);
        Assert.Equal(ConnectReturnCode.Accepted, await client.ConnectAsync(connect));
        return client;
    }
}
