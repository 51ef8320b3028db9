using Microsoft.Extensions.DependencyInjection;
using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Domain.Devices;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Realtime;

/// <summary>Who may poll for what, and what is refused.</summary>
public sealed class LongPollingAccessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_has_ten_sessions_on_a_channel_and_the_oldest_ends_for_one_more()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var oldest = await cloud.HandshakeAsync("/alarms/*");
        cloud.Cloud.Time.Advance(TimeSpan.FromSeconds(1));
        var other = await cloud.HandshakeAsync("/events/*");
        for (var i = 0; i < 9; i++)
        {
            await cloud.HandshakeAsync("/alarms/*");
        }

        Assert.True((bool)(await cloud.ConnectAsync(oldest, 0))[0]!["successful"]!);
        await cloud.HandshakeAsync("/alarms/*");
        Assert.Equal("402::Unknown client", (string)(await cloud.ConnectAsync(oldest, 0))[0]!["error"]!);
        Assert.True((bool)(await cloud.ConnectAsync(other, 0))[0]!["successful"]!);
    }

    [Fact]
    public async Task Whoever_may_not_is_refused()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        await cloud.AddUserAsync("nobody");
        await cloud.AddUserAsync("other", Roles.Reader);
        const string Handshake = """[{"channel":"/meta/handshake"}]""";

        Assert.Equal(401, (await cloud.PostAsync(Handshake, user: "")).Status);
        Assert.Equal(401, (await cloud.PostAsync(Handshake, user: "stranger")).Status);
        Assert.Equal(403, (await cloud.PostAsync(Handshake, user: "nobody")).Status);

        // A client id of somebody else's is no client id.
        var client = (string)(await cloud.TalkAsync(Handshake, user: "other"))[0]!["clientId"]!;
        Assert.Equal("402::Unknown client", (string)(await cloud.ConnectAsync(client, 0))[0]!["error"]!);
    }

    [Fact]
    public async Task A_device_hears_of_what_it_owns_and_what_is_below()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var own = await cloud.Cloud.AddDeviceAsync("own", new NewDevice { Owner = "device_1" });
        var child = await cloud.Cloud.AddDeviceAsync("child", new NewDevice { Parents = [own.Id] });
        var foreign = await cloud.Cloud.AddDeviceAsync("foreign");
        var login = cloud.Services.GetRequiredService<BayeuxLogin>();
        var caller = new Caller(TestCloud.Tenant, "device_1", [Roles.Device]);

        Assert.True(await login.AllowsAsync(caller, $"/{own.Id}", Cancellation));
        Assert.True(await login.AllowsAsync(caller, $"/operations/{child.Id}", Cancellation));
        foreach (var channel in new[] { $"/{foreign.Id}", "/alarms/*", "/alarms/xx", "/alarms/99999" })
        {
            Assert.False(await login.AllowsAsync(caller, channel, Cancellation));
        }
    }

    [Fact]
    public async Task A_handshake_brings_its_own_credentials()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var welcome = await cloud.TalkAsync(
            $$$"""[{"channel":"/meta/handshake","ext":{"com.cumulocity.authn":{"token":"{{{RealtimeCloud.Token("admin")}}}","tfa":"123"},"systemOfUnits":"metric"}}]""",
            user: ""
        );
        var client = (string)welcome[0]!["clientId"]!;
        Assert.True(
            (bool)
                (await cloud.TalkAsync($$"""[{"channel":"/meta/connect","clientId":"{{client}}","advice":{"timeout":0} }]""", user: ""))[
                    0
                ]!["successful"]!
        );
        var denied = await cloud.TalkAsync(
            """[{"id":1,"channel":"/meta/handshake","ext":{"com.cumulocity.authn":{"token":"bm86Ym9keQ=="} } }]""",
            user: ""
        );
        Assert.Equal(
            """[{"id":1,"channel":"/meta/handshake","successful":false,"error":"403::Handshake denied"}]""",
            denied.ToJsonString()
        );
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("[]", 400)]
    [InlineData("null", 400)]
    [InlineData("7", 400)]
    [InlineData("[7]", 400)]
    [InlineData("[[]]", 400)]
    [InlineData("[{]", 400)]
    [InlineData("[{\"channel\":\"/meta/hand\\ud800shake\"}]", 400)]
    [InlineData("[{}]", 200)]
    [InlineData("{\"channel\":\"/meta/handshake\"}", 200)]
    [InlineData("[{\"channel\":7,\"id\":{},\"clientId\":[],\"subscription\":7,\"advice\":\"x\",\"ext\":[]}]", 200)]
    [InlineData("[{\"channel\":\"/meta/connect\",\"advice\":{\"timeout\":1e300}}]", 200)]
    [InlineData("[{\"channel\":\"/meta/connect\",\"clientId\":\"../../x\"}]", 200)]
    [InlineData("[{\"channel\":\"/meta/connect\",\"clientId\":\"0123456789abcdef0123456789abcdefff\"}]", 200)]
    [InlineData("[{\"channel\":\"/meta/other\"}]", 200)]
    [InlineData("[{\"channel\":\"/alarms/12\",\"data\":{}}]", 200)]
    public async Task What_is_malformed_is_answered_in_bayeux(string body, int status)
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var (answered, reply) = await cloud.PostAsync(body);

        Assert.Equal(status, answered);
        Assert.NotNull(reply.AsArray().Single()!["successful"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("alarms/12")]
    [InlineData("/unknown/kind")]
    [InlineData("/")]
    [InlineData("/a/b/c")]
    [InlineData("/alarms/\\u0000")]
    [InlineData("/alarms/..%2f")]
    public async Task Any_channel_is_answered(string channel)
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var client = await cloud.HandshakeAsync();
        var reply = await cloud.TalkAsync($$"""[{"channel":"/meta/subscribe","clientId":"{{client}}","subscription":"{{channel}}"}]""");

        Assert.Equal(channel.StartsWith('/'), (bool)reply[0]!["successful"]!);
        Assert.Empty(await cloud.PollAsync(client));
    }

    [Fact]
    public async Task A_large_body_is_refused()
    {
        await using var cloud = await RealtimeCloud.StartAsync();
        var (status, _) = await cloud.PostAsync($"[{{\"channel\":\"{new string('x', 2_000_000)}\"}}]");

        Assert.Equal(413, status);
    }
}
