using Serverless.Contracts.Devices;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Local.Tests.Mqtt.Support;

namespace Serverless.Local.Tests.Mqtt.IotHub;

public sealed class LocalDeviceGatewayTests : DeviceGatewayContract, IAsyncLifetime
{
    private TestEndpoint? endpoint;

    protected override IDeviceGateway Gateway => Endpoint.Gateway;

    private TestEndpoint Endpoint => endpoint ?? throw new InvalidOperationException("The test has not begun.");

    public async ValueTask InitializeAsync() => endpoint = await TestEndpoint.StartAsync();

    public ValueTask DisposeAsync() => Endpoint.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a#")]
    public async Task A_method_name_that_cannot_stand_in_a_topic_is_refused(string name)
    {
        var call = new MethodCall(name, Payload: null, TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<ArgumentException>(() => Gateway.InvokeMethodAsync("dev1", call, CancellationToken.None));
    }

    [Fact]
    public async Task A_method_waits_for_a_device_no_longer_than_it_may()
    {
        var call = new MethodCall("reboot", Payload: null, TimeSpan.FromSeconds(1), ConnectTimeout: TimeSpan.FromSeconds(5));
        var invoke = Gateway.InvokeMethodAsync("dev1", call, CancellationToken.None);
        await PassAsync(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<DeviceOfflineException>(() => invoke);
    }

    [Fact]
    public async Task A_message_beyond_64_KiB_is_refused()
    {
        var none = new Dictionary<string, string>();
        var message = new CloudToDeviceMessage("m1", new byte[(64 * 1024) + 1], none, none);
        var refused = await Assert.ThrowsAsync<DomainException>(() => Gateway.SendAsync("dev1", message, CancellationToken.None));
        Assert.Equal((Refusal.Invalid, "body"), (refused.Refusal, refused.Member));
    }

    [Fact]
    public async Task A_message_whose_properties_do_not_fit_into_a_topic_is_refused()
    {
        var properties = new Dictionary<string, string> { ["p"] = new string('ü', 11_000) };
        var message = new CloudToDeviceMessage("m1", new byte[1], new Dictionary<string, string>(), properties);
        var refused = await Assert.ThrowsAsync<DomainException>(() => Gateway.SendAsync("dev1", message, CancellationToken.None));
        Assert.Equal((Refusal.Invalid, "properties"), (refused.Refusal, refused.Member));
    }

    [Fact]
    public async Task A_late_answer_of_an_earlier_connection_answers_no_other_call()
    {
        var call = new MethodCall("reboot", Payload: null, TimeSpan.FromSeconds(30));
        await using var earlier = new SimulatedMqttDevice("dev1", await Endpoint.ConnectAsync("dev1"), Endpoint.Hub);
        await earlier.SubscribeAsync();
        var first = Gateway.InvokeMethodAsync("dev1", call, CancellationToken.None);
        var late = await earlier.NextMethodAsync();
        await earlier.DisconnectAsync();
        await Assert.ThrowsAsync<DeviceTimeoutException>(() => first);

        await using var again = new SimulatedMqttDevice("dev1", await Endpoint.ConnectAsync("dev1"), Endpoint.Hub);
        await again.SubscribeAsync();
        var second = Gateway.InvokeMethodAsync("dev1", call, CancellationToken.None);
        var current = await again.NextMethodAsync();
        await again.RespondAsync(late.RequestId, 500, null);
        await again.RespondAsync(current.RequestId, 200, null);
        Assert.Equal(200, (await second).Status);
    }

    [Fact]
    public async Task A_device_that_is_removed_leaves_no_will()
    {
        await using var device = await Endpoint.ConnectAsync("dev1", will: ("devices/dev1/messages/events/", [1], 1));
        await Gateway.RemoveAsync("dev1", CancellationToken.None);
        await device.AssertClosedAsync();
        await using var other = await Endpoint.ConnectAsync("dev2");
        await other.SendAsync(ClientPackets.Publish("devices/dev2/messages/events/", "2"));
        Assert.Equal("dev2", (await Endpoint.Ingest.NextAsync()).HubId);
    }

    protected override async Task<ISimulatedDevice> ConnectAsync(HubIdentity identity) =>
        new SimulatedMqttDevice(identity.HubId, await Endpoint.ConnectAsync(identity.HubId), Endpoint.Hub);

    protected override Task PassAsync(TimeSpan time)
    {
        Endpoint.Clock.Advance(time);
        return Task.CompletedTask;
    }
}
