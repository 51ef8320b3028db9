using Serverless.Contracts.Devices;
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
        await Assert.ThrowsAsync<ArgumentException>(() => Gateway.SendAsync("dev1", message, CancellationToken.None));
    }

    protected override async Task<ISimulatedDevice> ConnectAsync(HubIdentity identity) =>
        new SimulatedMqttDevice(identity.HubId, await Endpoint.ConnectAsync(identity.HubId), Endpoint.Hub);

    protected override Task PassAsync(TimeSpan time)
    {
        Endpoint.Clock.Advance(time);
        return Task.CompletedTask;
    }
}
