using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Azure.Identity;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Azure.Tests.IotHub;

public sealed class IotHubGatewayTests
{
    private const string Key = "ZGV2aWNlS2V5Rm9yVGVzdA==";
    private const string Print = "89ABCDEF0123456789ABCDEF0123456789ABCDEF";
    private readonly HubFixture fixture = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_device_is_registered_with_its_keys_by_managed_identity()
    {
        await fixture.Gateway.RegisterAsync(new HubIdentity("a#b?c", Key, null, []), Cancellation);

        var (method, path, body) = Assert.Single(fixture.Hub.Requests);
        Assert.Equal(("PUT", "/devices/a%23b%3Fc"), (method, path));
        Assert.Equal(
            $$$$"""{"deviceId":"a#b?c","status":"enabled","authentication":{"type":"sas","symmetricKey":{"primaryKey":"{{{{Key}}}}","secondaryKey":"{{{{Key}}}}"}}}""",
            body
        );
        Assert.Equal(["Bearer the-token"], fixture.Hub.Tokens);
    }

    [Fact]
    public async Task A_device_that_is_there_is_changed()
    {
        await fixture.Gateway.RegisterAsync(new HubIdentity("d", Key, Key, []), Cancellation);
        await fixture.Gateway.RegisterAsync(new HubIdentity("d", null, null, [Print], Enabled: false), Cancellation);

        var device = fixture.Hub.Devices["d"];
        Assert.Equal(("disabled", "selfSigned"), (device["status"]!.ToString(), device["authentication"]!["type"]!.ToString()));
        Assert.Equal(Print, device["authentication"]!["x509Thumbprint"]!["secondaryThumbprint"]!.ToString());
    }

    [Fact]
    public async Task A_device_that_was_made_at_the_hub_keeps_what_it_proves_itself_by()
    {
        fixture.Hub.Add("d", """{"authentication":{"type":"certificateAuthority"}}""");

        await fixture.Gateway.RegisterAsync(new HubIdentity("d", null, null, [], Enabled: false), Cancellation);

        var device = fixture.Hub.Devices["d"];
        Assert.Equal(("disabled", "certificateAuthority"), (device["status"]!.ToString(), device["authentication"]!["type"]!.ToString()));
    }

    [Fact]
    public async Task A_device_that_changes_at_this_moment_is_read_again()
    {
        fixture.Hub.Add("d");
        fixture.Hub.Faults.Enqueue(() => FakeIotHub.Error(HttpStatusCode.Conflict, "DeviceAlreadyExists"));
        fixture.Hub.Faults.Enqueue(() => FakeIotHub.Json(HttpStatusCode.OK, new JsonObject { ["etag"] = "stale" }));

        await fixture.Gateway.RegisterAsync(new HubIdentity("d", Key, Key, []), Cancellation);

        Assert.Equal("sas", fixture.Hub.Devices["d"]["authentication"]!["type"]!.ToString());
    }

    [Fact]
    public async Task A_hub_that_refuses_for_ever_is_not_asked_for_ever()
    {
        fixture.Hub.Add("d");
        for (var i = 0; i < 1000; i++)
        {
            fixture.Hub.Faults.Enqueue(() => FakeIotHub.Error(HttpStatusCode.Conflict, "LinkCreationConflict"));
            fixture.Hub.Faults.Enqueue(() => FakeIotHub.Json(HttpStatusCode.OK, new JsonObject { ["etag"] = "1" }));
        }

        await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            fixture.Gateway.RegisterAsync(new HubIdentity("d", Key, Key, []), Cancellation)
        );
    }

    [Fact]
    public async Task An_identity_that_gets_no_token_is_a_hub_that_is_away()
    {
        var nobody = new HubFixture(new AuthenticationFailedException("The identity's endpoint is busy."));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => nobody.Gateway.RemoveAsync("d", Cancellation));
    }

    [Fact]
    public async Task What_the_hub_does_not_take_is_the_callers_fault()
    {
        fixture.Hub.Faults.Enqueue(() => FakeIotHub.Error(HttpStatusCode.BadRequest, "ArgumentInvalid"));
        var refused = await Assert.ThrowsAsync<DomainException>(() =>
            fixture.Gateway.RegisterAsync(new HubIdentity("d", Key, Key, []), Cancellation)
        );

        Assert.Equal(
            (Refusal.Invalid, "IoT Hub does not take the device: ErrorCode:ArgumentInvalid;It is so"),
            (refused.Refusal, refused.Message)
        );
        await Assert.ThrowsAsync<DomainException>(() =>
            fixture.Gateway.RegisterAsync(new HubIdentity("d", null, null, [Print, Print, Print]), Cancellation)
        );
    }

    [Fact]
    public async Task A_removed_device_is_gone_and_an_unknown_one_is_no_error()
    {
        fixture.Hub.Add("d");

        await fixture.Gateway.RemoveAsync("d", Cancellation);
        await fixture.Gateway.RemoveAsync("d", Cancellation);

        Assert.Empty(fixture.Hub.Devices);
    }

    [Fact]
    public async Task The_registry_tells_whether_a_device_is_connected()
    {
        fixture.Hub.Add("on", """{"connectionState":"Connected","connectionStateUpdatedTime":"2026-03-01T12:00:00.5Z"}""");
        fixture.Hub.Add("never", """{"connectionState":"Disconnected","connectionStateUpdatedTime":"0001-01-01T00:00:00"}""");

        var on = await fixture.Gateway.GetConnectionAsync("on", Cancellation);

        Assert.Equal(new ConnectionState(true, new DateTimeOffset(2026, 3, 1, 12, 0, 0, 500, TimeSpan.Zero)), on);
        Assert.Equal(new ConnectionState(false, null), await fixture.Gateway.GetConnectionAsync("never", Cancellation));
        Assert.Equal(new ConnectionState(false, null), await fixture.Gateway.GetConnectionAsync("unknown", Cancellation));
    }

    [Fact]
    public async Task A_method_goes_to_the_device_and_its_answer_comes_back()
    {
        JsonObject? called = null;
        fixture.Hub.Method = (_, call) =>
        {
            called = call;
            return FakeIotHub.Json(
                HttpStatusCode.OK,
                new JsonObject
                {
                    ["status"] = 207,
                    ["payload"] = new JsonObject { ["ok"] = true },
                }
            );
        };
        var call = new MethodCall("reboot", new JsonObject { ["delay"] = 5 }, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2.5));

        var result = await fixture.Gateway.InvokeMethodAsync("d", call, Cancellation);

        Assert.Equal((207, """{"ok":true}"""), (result.Status, result.Payload?.ToJsonString()));
        Assert.Equal(
            """{"methodName":"reboot","responseTimeoutInSeconds":5,"connectTimeoutInSeconds":3,"payload":{"delay":5}}""",
            called?.ToJsonString()
        );
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "DeviceNotOnline", typeof(DeviceOfflineException))]
    [InlineData(HttpStatusCode.GatewayTimeout, "DeviceTimeout", typeof(DeviceTimeoutException))]
    [InlineData(HttpStatusCode.BadGateway, "BadDeviceResponse", typeof(DeviceTimeoutException))]
    [InlineData(HttpStatusCode.BadRequest, "ArgumentInvalid", typeof(DomainException))]
    [InlineData(HttpStatusCode.InternalServerError, "ServerError", typeof(StoreUnavailableException))]
    public async Task A_call_without_an_answer_says_why_and_is_not_made_again(HttpStatusCode status, string code, Type expected)
    {
        fixture.Hub.Method = (_, _) => FakeIotHub.Error(status, code);

        await Assert.ThrowsAsync(
            expected,
            () => fixture.Gateway.InvokeMethodAsync("d", new MethodCall("m", null, TimeSpan.FromSeconds(5)), Cancellation)
        );

        Assert.Single(fixture.Hub.Requests);
    }

    [Fact]
    public async Task A_call_whose_connection_is_cut_is_not_made_again()
    {
        fixture.Hub.Faults.Enqueue(() => throw new HttpRequestException("cut"));

        await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            fixture.Gateway.InvokeMethodAsync("d", new MethodCall("m", null, TimeSpan.FromSeconds(5)), Cancellation)
        );

        Assert.Single(fixture.Hub.Requests);
    }

    [Fact]
    public async Task Desired_properties_are_merged_at_the_hub()
    {
        fixture.Hub.Add("d");
        await fixture.Gateway.PushDesiredAsync(
            "d",
            new JsonObject
            {
                ["interval"] = 5,
                ["old"] = 1,
                ["kept"] = 2,
            },
            2,
            Cancellation
        );

        await fixture.Gateway.PushDesiredAsync("d", new JsonObject { ["interval"] = 8, ["old"] = 1 }, 6, Cancellation);
        var told = await fixture.Gateway.PushDesiredAsync("d", new JsonObject { ["interval"] = 9, ["old"] = null }, 7, Cancellation);
        var unknown = await fixture.Gateway.PushDesiredAsync("unknown", [], 2, Cancellation);

        Assert.Equal("""{"interval":9,"kept":2}""", fixture.Hub.Desired("d").ToJsonString());
        Assert.Equal(
            ("""{"interval":9,"kept":2}""", 4, DateTimeOffset.Parse(FakeIotHub.Updated, CultureInfo.InvariantCulture)),
            (told?.Values.ToJsonString(), told?.Version, told?.Time)
        );
        Assert.Null(unknown);
    }

    [Fact]
    public async Task A_hub_that_throttles_or_is_cut_off_is_asked_again()
    {
        fixture.Hub.Faults.Enqueue(() => FakeIotHub.Error(HttpStatusCode.TooManyRequests, "ThrottlingException"));
        fixture.Hub.Faults.Enqueue(() => FakeIotHub.Error(HttpStatusCode.InternalServerError, "ServerError"));
        fixture.Hub.Faults.Enqueue(() => throw new HttpRequestException("cut"));

        await fixture.Gateway.RegisterAsync(new HubIdentity("d", Key, Key, []), Cancellation);

        Assert.True(fixture.Hub.Devices.ContainsKey("d"));
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.Unauthorized)]
    public async Task A_hub_that_stays_away_is_said_to_be_away(HttpStatusCode status)
    {
        for (var i = 0; i < 5; i++)
        {
            fixture.Hub.Faults.Enqueue(() => FakeIotHub.Error(status, "Away"));
        }

        var away = await Assert.ThrowsAsync<StoreUnavailableException>(() => fixture.Gateway.RemoveAsync("d", Cancellation));

        Assert.DoesNotContain("the-token", away.ToString(), StringComparison.Ordinal);
    }
}
