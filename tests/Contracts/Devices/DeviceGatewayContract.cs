using System.Text.Json.Nodes;
using Serverless.Domain.Devices;

namespace Serverless.Contracts.Devices;

/// <summary>What every way to devices must do. An adapter joins by one derived class that can connect a device.</summary>
public abstract class DeviceGatewayContract
{
    private const string Key = "ZGV2aWNlS2V5Rm9yVGVzdA==";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    protected abstract IDeviceGateway Gateway { get; }

    /// <summary>Connects a registered device with its primary key.</summary>
    protected abstract Task<ISimulatedDevice> ConnectAsync(HubIdentity identity);

    /// <summary>Lets time pass for the gateway, as much as a time-out needs.</summary>
    protected abstract Task PassAsync(TimeSpan time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connected_device_is_shown_as_connected()
    {
        var identity = await RegisterAsync("state");
        Assert.Equal(new ConnectionState(Connected: false, Since: null), await Gateway.GetConnectionAsync("state", Cancellation));
        var device = await ConnectAsync(identity);
        var connected = await Gateway.GetConnectionAsync("state", Cancellation);
        Assert.True(connected.Connected);
        Assert.NotNull(connected.Since);
        await device.DisconnectAsync();
        var disconnected = await Gateway.GetConnectionAsync("state", Cancellation);
        Assert.False(disconnected.Connected);
        Assert.NotNull(disconnected.Since);
        await device.DisposeAsync();
    }

    [Fact]
    public async Task A_method_goes_to_the_device_and_its_answer_comes_back()
    {
        await using var device = await ConnectedAsync("methods");
        var call = Gateway.InvokeMethodAsync("methods", Call("reboot", new JsonObject { ["delay"] = 5 }), Cancellation);
        var received = await device.NextMethodAsync();
        Assert.Equal("reboot", received.Name);
        Assert.Equal("""{"delay":5}""", received.Payload?.ToJsonString());
        await device.RespondAsync(received.RequestId, 207, new JsonObject { ["ok"] = true });
        var result = await call.WaitAsync(Patience, Cancellation);
        Assert.Equal(207, result.Status);
        Assert.Equal("""{"ok":true}""", result.Payload?.ToJsonString());
    }

    [Fact]
    public async Task Answers_find_their_calls_in_any_order()
    {
        await using var device = await ConnectedAsync("order");
        var first = Gateway.InvokeMethodAsync("order", Call("first"), Cancellation);
        var one = await device.NextMethodAsync();
        var second = Gateway.InvokeMethodAsync("order", Call("second"), Cancellation);
        var two = await device.NextMethodAsync();
        await device.RespondAsync(two.RequestId, 2, payload: null);
        await device.RespondAsync(one.RequestId, 1, payload: null);
        Assert.Equal(1, (await first.WaitAsync(Patience, Cancellation)).Status);
        Assert.Equal(2, (await second.WaitAsync(Patience, Cancellation)).Status);
    }

    [Fact]
    public async Task A_method_of_a_device_that_is_not_connected_fails()
    {
        await RegisterAsync("offline");
        await Assert.ThrowsAsync<DeviceOfflineException>(() => Gateway.InvokeMethodAsync("offline", Call("reboot"), Cancellation));
    }

    [Fact]
    public async Task A_method_waits_for_a_device_that_connects_in_time()
    {
        var identity = await RegisterAsync("late");
        var call = Gateway.InvokeMethodAsync("late", Call("reboot") with { ConnectTimeout = TimeSpan.FromSeconds(30) }, Cancellation);
        await using var device = await ConnectAsync(identity);
        await device.SubscribeAsync();
        var received = await device.NextMethodAsync();
        await device.RespondAsync(received.RequestId, 200, payload: null);
        Assert.Equal(200, (await call.WaitAsync(Patience, Cancellation)).Status);
    }

    [Fact]
    public async Task A_method_fails_when_the_device_does_not_answer_in_time()
    {
        await using var device = await ConnectedAsync("silent");
        var call = Gateway.InvokeMethodAsync("silent", Call("reboot"), Cancellation);
        await device.NextMethodAsync();
        await PassAsync(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<DeviceTimeoutException>(() => call.WaitAsync(Patience, Cancellation));
    }

    [Fact]
    public async Task A_method_fails_when_the_connection_ends()
    {
        await using var device = await ConnectedAsync("gone");
        var call = Gateway.InvokeMethodAsync("gone", Call("reboot"), Cancellation);
        await device.NextMethodAsync();
        await device.DisconnectAsync();
        await Assert.ThrowsAsync<DeviceTimeoutException>(() => call.WaitAsync(Patience, Cancellation));
    }

    [Fact]
    public async Task A_desired_patch_goes_to_the_device_with_its_version()
    {
        await using var device = await ConnectedAsync("desired");
        var patch = new JsonObject { ["interval"] = 9, ["old"] = null };
        await Gateway.PushDesiredAsync("desired", patch, version: 7, Cancellation);
        var (received, version) = await device.NextDesiredAsync();
        Assert.Equal(7, version);
        Assert.Equal("""{"interval":9,"old":null}""", received.ToJsonString());
    }

    [Fact]
    public async Task A_desired_patch_for_a_device_that_is_not_connected_is_no_error()
    {
        await RegisterAsync("absent");
        await Gateway.PushDesiredAsync("absent", [], version: 2, Cancellation);
    }

    [Fact]
    public async Task Messages_come_in_order_with_their_properties()
    {
        await using var device = await ConnectedAsync("messages");
        await SendAsync("messages", "m1", "one");
        await SendAsync("messages", "m2", "two");
        var first = await device.NextMessageAsync();
        Assert.Equal("m1", first.MessageId);
        Assert.Equal("one", first.Body);
        Assert.Equal("a b&c", first.Properties["key 1"]);
        Assert.Equal("m2", (await device.NextMessageAsync()).MessageId);
    }

    [Fact]
    public async Task Messages_wait_for_a_device_that_is_not_connected()
    {
        var identity = await RegisterAsync("away");
        for (var i = 0; i < 40; i++)
        {
            await SendAsync("away", $"m{i}", "waiting");
        }

        await using var device = await ConnectAsync(identity);
        await device.SubscribeAsync();
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal($"m{i}", (await device.NextMessageAsync()).MessageId);
        }
    }

    [Fact]
    public async Task A_device_with_new_keys_loses_the_connection_that_its_old_ones_opened()
    {
        await using var device = await ConnectedAsync("rekeyed");
        await Gateway.RegisterAsync(new HubIdentity("rekeyed", "AAAA", SecondaryKey: null, []), Cancellation);
        await device.WaitUntilEndedAsync();
    }

    [Fact]
    public async Task A_device_registered_again_with_the_same_keys_keeps_its_connection()
    {
        await using var device = await ConnectedAsync("same");
        await RegisterAsync("same");
        await SendAsync("same", "m1", "still here");
        Assert.Equal("m1", (await device.NextMessageAsync()).MessageId);
    }

    [Fact]
    public async Task A_disabled_device_loses_its_connection()
    {
        await using var device = await ConnectedAsync("disabled");
        await Gateway.RegisterAsync(Identity("disabled") with { Enabled = false }, Cancellation);
        await device.WaitUntilEndedAsync();
    }

    [Fact]
    public async Task A_removed_device_loses_its_connection()
    {
        await using var device = await ConnectedAsync("removed");
        await Gateway.RemoveAsync("removed", Cancellation);
        await device.WaitUntilEndedAsync();
    }

    [Fact]
    public async Task Removing_an_unknown_device_is_no_error() => await Gateway.RemoveAsync("unknown", Cancellation);

    private static HubIdentity Identity(string hubId) => new(hubId, Key, SecondaryKey: null, []);

    private static MethodCall Call(string name, JsonNode? payload = null) => new(name, payload, TimeSpan.FromSeconds(10));

    private async Task<HubIdentity> RegisterAsync(string hubId)
    {
        var identity = Identity(hubId);
        await Gateway.RegisterAsync(identity, Cancellation);
        return identity;
    }

    private async Task<ISimulatedDevice> ConnectedAsync(string hubId)
    {
        var device = await ConnectAsync(await RegisterAsync(hubId));
        await device.SubscribeAsync();
        return device;
    }

    private Task SendAsync(string hubId, string messageId, string body)
    {
        var properties = new Dictionary<string, string> { ["key 1"] = "a b&c" };
        var message = new CloudToDeviceMessage(
            messageId,
            System.Text.Encoding.UTF8.GetBytes(body),
            new Dictionary<string, string>(),
            properties
        );
        return Gateway.SendAsync(hubId, message, Cancellation);
    }
}
