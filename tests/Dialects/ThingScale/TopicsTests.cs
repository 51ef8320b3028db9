using System.Text;
using Serverless.Domain.Devices;
using Serverless.Domain.Topics;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.ThingScale;

/// <summary>The MQTT device connector beyond its examples.</summary>
public sealed class TopicsTests
{
    private const string Token = ThingScaleServer.DeviceToken;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("U000001", Token, true)]
    [InlineData("U000002", Token, false)]
    [InlineData("U000001", "wrong", false)]
    [InlineData("ann", Token, false)]
    [InlineData("U000001", ThingScaleServer.ApiToken, false)]
    public async Task A_client_is_let_in_by_the_users_id_and_device_token(string user, string password, bool isIn)
    {
        await using var server = await ThingScaleServer.StartAsync();

        var admission = await server.AuthenticateAsync("a-client-id-of-more-than-23-characters", user, password);

        Assert.NotNull(admission);
        Assert.Equal(isIn, admission.Session is not null);
        Assert.Equal(TopicRefusal.BadCredentials, admission.Refusal);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("U000001", null)]
    [InlineData("localhost/device-1/?api-version=2021-04-12", "SharedAccessSignature sr=x")]
    [InlineData("somebody", "wrong")]
    public async Task Other_credentials_are_for_other_dialects(string? user, string? password)
    {
        await using var server = await ThingScaleServer.StartAsync();

        Assert.Null(await server.AuthenticateAsync("client", user, password));
    }

    [Fact]
    public async Task A_user_without_an_id_comes_by_its_name()
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.AddUserAsync("uli", "token-of-uli", Roles.User, "device-token-of-uli");

        Assert.NotNull((await server.AuthenticateAsync("client", "uli", "device-token-of-uli"))?.Session);
    }

    [Theory]
    [InlineData("1123456789abcdef0123456789abcdef/json/one")]
    [InlineData(Token + "/one/subscribe")]
    [InlineData(Token + "/json/one/a/b")]
    [InlineData(Token + "/json//a")]
    [InlineData(Token + "/binary")]
    [InlineData(Token)]
    [InlineData("json/one")]
    public async Task Other_topics_are_refused_in_silence_and_logged_without_a_token(string topic)
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");

        await server.PublishAsync(topic, """{"n":1}""");

        Assert.Equal("[]", (await server.GetAsync("/v2/stream/0", ("X-ENDTIME", "last"))).Json["stream"]!.ToJsonString());
        Assert.Empty(await server.DeadLettersAsync());
        var line = Assert.Single(server.Log.Lines);
        Assert.DoesNotContain("123456789abcdef", line, StringComparison.Ordinal);
        Assert.Contains("refused", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_stored_is_a_dead_letter_with_its_reason()
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("mapped");
        await server.MapAsync("off");
        await server.SendAsync("PUT", "/v2/device/off", """{"enabled":false}""");

        await server.PublishAsync($"{Token}/json/new", "1");
        await server.PublishAsync($"{Token}/json/new", "2");
        await server.PublishAsync($"{Token}/json/off", "3");
        await server.PublishAsync($"{Token}/json/mapped", "no JSON");
        await server.PublishAsync($"{Token}/mapped", "v9=1");
        await server.PublishAsync($"{Token}/json/0", "4");

        var letters = (await server.DeadLettersAsync()).Select(letter =>
            $"{Encoding.UTF8.GetString(letter.Body)}: {letter.Reason.Split('.', ':')[0]}"
        );
        Assert.Equal(
            [
                "1: The device is new, and mapped to no channel of ThingScale yet",
                "2: The device is mapped to no channel of ThingScale",
                "3: The device is disabled",
                "4: The device is not registered, and its id is none that ThingScale has",
                "no JSON: The payload is no well-formed JSON",
                "v9=1: The values of a payload are v, v2, v3 and v4",
            ],
            letters.Order()
        );
    }

    [Fact]
    public async Task A_state_is_merged_and_what_is_ignored_or_wrong_changes_nothing()
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");

        await server.PublishAsync($"{Token}/state/one", "health=OK&load=5.9");
        server.Cloud.Time.Advance(TimeSpan.FromMinutes(1));
        await server.PublishAsync($"{Token}/state/one", "load=6&note=a+b");
        Assert.Equal("""{"health":"OK","load":6,"note":"a b","last_update":"2026-03-01T21:01:00+09:00"}""", await StateAsync());

        await server.PublishAsync($"{Token}/state/one", "load");
        await server.PublishAsync($"{Token}/state/one", string.Join('&', Enumerable.Range(0, 60).Select(i => $"a{i}=1")));
        await server.PublishAsync($"{Token}/state/one", string.Join('&', Enumerable.Range(0, 60).Select(i => $"b{i}=1")));
        Assert.Equal(2, (await server.DeadLettersAsync()).Count);
        Assert.Equal(64, (await server.GetAsync("/v2/device/one")).Json[0]!["state"]!.AsObject().Count);

        await server.SendAsync("PUT", "/v2/device/one", """{"enabled":false}""");
        var before = await StateAsync();
        await server.PublishAsync($"{Token}/state/one", "load=7");
        Assert.Equal(before, await StateAsync());
        await server.SendAsync("PUT", "/v2/device/one", """{"enabled":true,"mapped_ch":null}""");
        await server.PublishAsync($"{Token}/state/one", "load=7");
        Assert.Equal(before, await StateAsync());

        async Task<string> StateAsync() =>
            (await server.GetAsync("/v2/device/one")).Json[0]!["state"]!.ToJsonString().Replace(@"\u002B", "+");
    }

    [Fact]
    public async Task States_are_taken_in_the_order_in_which_they_came()
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");
        var (session, _) = await server.ConnectAsync();

        await Task.WhenAll(
            Enumerable
                .Range(1, 20)
                .Select(n =>
                    session.OnPublishAsync(new TopicMessage($"{Token}/state/one", Encoding.UTF8.GetBytes($"n={n}"), 1), Cancellation)
                )
        );

        Assert.Equal(20, (int)(await server.GetAsync("/v2/device/one")).Json[0]!["state"]!["n"]!);
    }

    [Theory]
    [InlineData(Token + "/one/subscribe", true)]
    [InlineData(Token + "/#", true)]
    [InlineData("#", false)]
    [InlineData("+/#", false)]
    [InlineData(Token + "/+/subscribe", false)]
    [InlineData(Token + "/+", false)]
    [InlineData(Token + "/one/#", false)]
    [InlineData(Token + "/json/one", false)]
    [InlineData("1123456789abcdef0123456789abcdef/#", false)]
    [InlineData("1123456789abcdef0123456789abcdef/one/subscribe", false)]
    public async Task Only_the_own_topics_may_be_had(string filter, bool isGranted)
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");
        var (session, link) = await server.ConnectAsync();

        Assert.Equal(isGranted, await session.OnSubscribeAsync(filter, 1, Cancellation));

        Assert.Equal(isGranted ? 1 : 0, link.Attached.Count);
        await session.OnDisconnectedAsync();
    }

    [Fact]
    public async Task A_device_that_is_made_later_is_served_from_then_on()
    {
        await using var server = await ThingScaleServer.StartAsync();
        var (one, oneLink) = await server.ConnectAsync("one");
        var (all, allLink) = await server.ConnectAsync("all");
        await one.OnSubscribeAsync($"{Token}/late/subscribe", 1, Cancellation);
        await all.OnSubscribeAsync($"{Token}/#", 1, Cancellation);
        Assert.Empty(oneLink.Attached);

        await server.SendAsync("POST", "/v2/device/other");
        await server.SendAsync("POST", "/v2/device/late");

        var (other, late) = (await server.TwinAsync("other"), await server.TwinAsync("late"));
        await oneLink.ServesAsync(late.HubId);
        await allLink.ServesAsync(other.HubId, late.HubId);
        await server.SendAsync("DELETE", "/v2/device/other");
        await allLink.ServesAsync(late.HubId);
        await one.OnUnsubscribeAsync($"{Token}/late/subscribe", Cancellation);
        await all.OnSubscribeAsync($"{Token}/late/subscribe", 1, Cancellation);
        await all.OnUnsubscribeAsync($"{Token}/#", Cancellation);
        Assert.Empty(oneLink.Attached);
        Assert.Equal([late.HubId], allLink.Attached);
        await one.OnDisconnectedAsync();
        await all.OnDisconnectedAsync();
    }

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(1, 0, 0)]
    public async Task What_is_published_reaches_the_devices_topic(int qos, int granted, int expected)
    {
        await using var server = await ThingScaleServer.StartAsync();
        var device = await server.MapAsync("one");
        var (session, link) = await server.ConnectAsync();
        await session.OnSubscribeAsync($"{Token}/one/subscribe", granted, Cancellation);

        var answer = await server.SendAsync("POST", "/v2/publish/one", $$"""{"qos":{{qos}},"payload":"dout=on"}""");
        await server.Cloud.One.Dispatcher.RunAsync(Cancellation);

        var message = link.Deliver(device.HubId, server.Cloud.Gateway.Sent!);
        Assert.Equal(
            ($"{Token}/one/subscribe", "dout=on", expected),
            (message.Topic, Encoding.UTF8.GetString(message.Payload.Span), message.Qos)
        );
        var command = await server.Cloud.One.Commands.GetAsync(TestCloud.Tenant, (string)answer.Json["message_id"]!, Cancellation);
        Assert.Equal(Domain.Commands.CommandState.Acknowledged, command.Value.State);
        await session.OnDisconnectedAsync();
    }

    [Fact]
    public async Task A_device_of_another_door_is_reached_by_its_id()
    {
        await using var server = await ThingScaleServer.StartAsync();
        var device = await server.Cloud.AddDeviceAsync("pump-7");
        var (session, link) = await server.ConnectAsync();

        await session.OnSubscribeAsync($"{Token}/{device.Id}/subscribe", 1, Cancellation);

        var message = new CloudToDeviceMessage("1", "x"u8.ToArray(), new Dictionary<string, string>(), new Dictionary<string, string>());
        Assert.Equal($"{Token}/{device.Id}/subscribe", link.Deliver("pump-7", message).Topic);
        await session.OnDisconnectedAsync();
    }

    [Theory]
    [InlineData("json")]
    [InlineData("state")]
    public async Task A_token_that_was_taken_away_ends_the_connection(string topic)
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");
        var (session, link) = await server.ConnectAsync();
        await server.AddUserAsync("ann", ThingScaleServer.ApiToken, Roles.Admin, "another-device-token");
        server.Cloud.Time.Advance(TimeSpan.FromSeconds(31));

        await session.OnPublishAsync(new TopicMessage($"{Token}/{topic}/one", "a=1"u8.ToArray(), 1), Cancellation);

        Assert.Equal("the device token is no longer the user's", link.Closed);
        Assert.Empty(await server.DeadLettersAsync());
    }

    [Fact]
    public async Task Where_the_store_is_away_the_message_is_not_taken()
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");
        var (session, _) = await server.ConnectAsync();
        server.Cloud.Store.GoAway();

        await Assert.ThrowsAsync<Domain.Documents.StoreUnavailableException>(() =>
            session.OnPublishAsync(new TopicMessage($"{Token}/json/one", "1"u8.ToArray(), 1), Cancellation)
        );
        await Assert.ThrowsAsync<Domain.Documents.StoreUnavailableException>(() =>
            session.OnPublishAsync(new TopicMessage($"{Token}/state/one", "a=1"u8.ToArray(), 1), Cancellation)
        );
    }
}
