using System.Text;
using Serverless.Contracts;
using Serverless.Dialects.Conduit.Topics;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Provisioning;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Domain.Topics;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Conduit;

/// <summary>The MQTT service.</summary>
public sealed class TopicTests
{
    private const string Token = ConduitServer.Token;
    private const string Stored = "";

    [Theory]
    [InlineData(Token, null, true)]
    [InlineData("device", Token, true)]
    [InlineData(Token, "anything", true)]
    [InlineData("device", "wrong", false)]
    [InlineData(null, null, false)]
    [InlineData("", "", false)]
    public async Task Whoever_has_a_token_as_user_name_or_password_comes_in(string? name, string? password, bool known)
    {
        await using var server = await ConduitServer.StartAsync();
        var admission = await Topics(server).AuthenticateAsync(Client(name, password), ConduitServer.Cancellation);
        Assert.Equal(known, admission?.Session is not null);
        Assert.Equal(known, admission is not null);
        Assert.Equal(known ? ("t1/ann/c1", "t1") : default, (admission?.Session?.Key, admission?.Session?.Tenant));
    }

    [Fact]
    public async Task A_token_whose_MQTT_is_switched_off_opens_nothing()
    {
        await using var server = await ConduitServer.StartAsync();
        await server.AddUserAsync("bob", "bobs-token", mqtt: false);
        var admission = await Topics(server).AuthenticateAsync(Client("bobs-token", null), ConduitServer.Cancellation);
        Assert.Equal(new TopicAdmission(null, TopicRefusal.NotAuthorized), admission);
    }

    [Fact]
    public async Task A_client_id_with_the_token_in_it_does_not_name_the_client_by_it()
    {
        await using var server = await ConduitServer.StartAsync();
        var admission = await Topics(server).AuthenticateAsync(Client(Token, null, $"x-{Token}"), ConduitServer.Cancellation);
        Assert.Equal($"t1/ann/x-{TokenHash.Of(Token)[..12]}", admission!.Session!.Key);
    }

    [Theory]
    [InlineData("v1", "text:0A10010001000000A00F000070170000", "channel255=4106 channel1=4 channel2=6")]
    [InlineData("v1", "hex:0A10010001000000A00F000070170000", "channel255=4106 channel1=4 channel2=6")]
    [InlineData("v1", "hex:7B7B010001000000", "channel255=31611 channel254=1")]
    [InlineData("v2", "text:{\"data\":[{\"channelId\":1,\"value\":1.2},{\"channelId\":7,\"value\":-3}]}", "channel1=1.2 channel7=-3")]
    public async Task A_payload_is_stored_as_its_topic_says(string form, string payload, string expected)
    {
        await using var server = await ConduitServer.StartAsync();
        Assert.Equal(Stored, await PublishAsync(server, $"{Token}/A1/pub/{form}", payload));
        var twin = await server.TwinAsync("A1");
        foreach (var pair in expected.Split(' '))
        {
            Assert.Equal($"0:{pair.Split('=')[1]}", await server.Cloud.PointsAsync(twin, pair.Split('=')[0]));
        }
    }

    [Fact]
    public async Task A_payload_has_its_own_time_where_it_brings_one()
    {
        await using var server = await ConduitServer.StartAsync();
        await PublishAsync(server, $"{Token}/A1/pub/v2", "text:{\"timestamp\":1772366401000,\"data\":[{\"channelId\":1,\"value\":1}]}");
        Assert.Equal("1:1", await server.Cloud.PointsAsync(await server.TwinAsync("A1"), "channel1"));
    }

    [Theory]
    [InlineData("wrong-token/A1/pub/v2", "the topic's token is not one of the client's account")]
    [InlineData("theirs/A1/pub/v2", "the topic's token is not one of the client's account")]
    [InlineData("silent/A1/pub/v2", "the topic's token does not open the MQTT service for writing")]
    [InlineData("reading/A1/pub/v2", "the topic's token does not open the MQTT service for writing")]
    [InlineData($"{Token}/A1/pub/v3", "the topic is not <token>/<device id>/pub/v1 or v2")]
    [InlineData($"{Token}/A1/pub", "the topic is not <token>/<device id>/pub/v1 or v2")]
    [InlineData($"{Token}//pub/v1", "the topic is not <token>/<device id>/pub/v1 or v2")]
    [InlineData($"/{Token}/A1/pub/v1", "the topic is not <token>/<device id>/pub/v1 or v2")]
    public async Task What_is_not_the_clients_own_is_taken_and_not_stored_and_the_log_has_no_token(string topic, string reason)
    {
        await using var server = await ConduitServer.StartAsync();
        await server.AddUserAsync("silent", "silent", mqtt: false);
        await server.AddUserAsync("reading", "reading", Roles.Reader);
        await server.Cloud.AddTenantAsync("t2");
        var theirs = new UserChange { Roles = [Roles.User], Conduit = new ConduitChange("theirs", true, true, true) };
        await server.Cloud.One.Users.ApplyAsync("t2", "bob", theirs, null, ConduitServer.Cancellation);
        var line = await PublishAsync(server, topic, "text:{\"data\":[{\"channelId\":1,\"value\":1}]}");
        Assert.Equal($"A message of Conduit's client t1/ann/c1 was not stored: {reason}", line);
        var (devices, _) = await server.One.Devices.ListAsync(TestCloud.Tenant, null, null, 10, null, ConduitServer.Cancellation);
        Assert.Empty(devices);
    }

    [Fact]
    public async Task Another_user_of_the_account_may_be_in_the_topic()
    {
        await using var server = await ConduitServer.StartAsync();
        await server.AddUserAsync("bob", "bobs-token");
        Assert.Equal(Stored, await PublishAsync(server, "bobs-token/A1/pub/v1", "text:0A10010001000000"));
        Assert.Equal("0:4106", await server.Cloud.PointsAsync(await server.TwinAsync("A1"), "channel255"));
    }

    [Theory]
    [InlineData("v1", "text:0A1001000100", "data is 8 bytes and then 4 for each of at most 32 channels, in hexadecimal.")]
    [InlineData("v1", "hex:", "data is 8 bytes and then 4 for each of at most 32 channels, in hexadecimal.")]
    [InlineData("v2", "text:{\"data\":[{\"channelId\":0,\"value\":1}]}", "data[0]: channelId is a whole number from 1 to 2000.")]
    [InlineData(
        "v2",
        "text:{\"networkId\":\"A2\",\"data\":[{\"channelId\":1,\"value\":1}]}",
        "The uplink is of device A2, which is not the one that sent it."
    )]
    public async Task What_cannot_be_read_is_a_dead_letter(string form, string payload, string reason)
    {
        await using var server = await ConduitServer.StartAsync();
        Assert.Equal(Stored, await PublishAsync(server, $"{Token}/A1/pub/{form}", payload));
        Assert.Equal([reason], await ReasonsAsync(server));
    }

    [Fact]
    public async Task So_is_a_message_of_a_device_that_nobody_knows_where_the_tenant_makes_none()
    {
        await using var server = await ConduitServer.StartAsync(unknown: UnknownDevices.DeadLetter);
        await PublishAsync(server, $"{Token}/A1/pub/v1", "text:0A10010001000000");
        await PublishAsync(server, $"{Token}/{new string('x', 300)}/pub/v1", "text:0A10010001000000");
        Assert.Equal(["The device is not registered.", "The device is not registered."], await ReasonsAsync(server));
    }

    [Fact]
    public async Task A_device_id_that_is_none_is_a_dead_letter_too()
    {
        await using var server = await ConduitServer.StartAsync();
        await PublishAsync(server, $"{Token}/{new string('x', 300)}/pub/v1", "text:0A10010001000000");
        Assert.Equal(["A device's name has 1 to 256 characters."], await ReasonsAsync(server));
    }

    [Fact]
    public async Task A_store_that_is_away_takes_nothing_so_that_the_client_sends_again()
    {
        await using var server = await ConduitServer.StartAsync();
        var session = await SessionAsync(server);
        server.Cloud.Store.GoAway();
        var message = new TopicMessage($"{Token}/A1/pub/v1", "0A10010001000000"u8.ToArray(), 1);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => session.OnPublishAsync(message, ConduitServer.Cancellation));
        server.Cloud.Store.ComeBack();
    }

    [Fact]
    public async Task There_is_nothing_to_subscribe_to()
    {
        await using var server = await ConduitServer.StartAsync();
        Assert.False(await (await SessionAsync(server)).OnSubscribeAsync("#", 1, ConduitServer.Cancellation));
    }

    private static readonly RecordingLogger<ConduitTopics> Log = new();

    internal static ConduitTopics Topics(ConduitServer server, RecordingLogger<ConduitTopics>? log = null) =>
        new(
            server.One.Users,
            server.One.Devices,
            server.One.Service,
            server.One.Tenants,
            new ProvisioningOptions(),
            server.One.Pipeline,
            server.One.DeadLetters,
            new MessageClock(server.Cloud.Time),
            log ?? Log
        );

    private static TopicClient Client(string? name, string? password, string id = "c1") =>
        new(id, name, password, true, 4, 60, null, DateTimeOffset.UnixEpoch);

    private static async Task<ITopicSession> SessionAsync(ConduitServer server, RecordingLogger<ConduitTopics>? log = null) =>
        (await Topics(server, log).AuthenticateAsync(Client(Token, null), ConduitServer.Cancellation))!.Session!;

    /// <returns>The line in the log, empty where there is none.</returns>
    private static async Task<string> PublishAsync(ConduitServer server, string topic, string payload)
    {
        var log = new RecordingLogger<ConduitTopics>();
        var session = await SessionAsync(server, log);
        var bytes = payload.StartsWith("hex:", StringComparison.Ordinal)
            ? Convert.FromHexString(payload[4..])
            : Encoding.UTF8.GetBytes(payload["text:".Length..]);
        await session.OnPublishAsync(new TopicMessage(topic, bytes, 1), ConduitServer.Cancellation);
        return string.Join('\n', log.Lines);
    }

    private static async Task<IReadOnlyList<string>> ReasonsAsync(ConduitServer server)
    {
        var query = new DocumentQuery(TestCloud.Tenant, Kinds.DeadLetter);
        var page = await server.Cloud.Store.QueryAsync(query, ConduitServer.Cancellation);
        return [.. page.Items.Select(item => System.Text.Json.Nodes.JsonNode.Parse(item.Body.Span)!["reason"]!.GetValue<string>())];
    }
}
