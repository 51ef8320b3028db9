using Serverless.Local.Tests.Mqtt.Support;
using static Serverless.Local.Tests.Mqtt.Support.TestEndpoint;

namespace Serverless.Local.Tests.Mqtt.Server;

public sealed class WatchdogTests
{
    [Fact]
    public async Task A_client_that_does_not_send_CONNECT_in_time_is_cut_off()
    {
        await using var endpoint = await StartAsync();
        await using var client = await endpoint.OpenAsync();
        await client.SendAsync([0x10]);
        await using var device = await endpoint.ConnectAsync("dev1");
        endpoint.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(await client.TryReadAsync());
        await device.PingAsync();
    }

    [Fact]
    public async Task Silence_may_last_one_and_a_half_times_the_keep_alive()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1", keepAlive: 60);
        endpoint.Clock.Advance(TimeSpan.FromSeconds(89));
        await device.PingAsync();
        endpoint.Clock.Advance(TimeSpan.FromSeconds(89));
        await device.PingAsync();
        endpoint.Clock.Advance(TimeSpan.FromSeconds(90));
        Assert.Null(await device.TryReadAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1178)]
    [InlineData(65535)]
    public async Task Silence_may_never_last_longer_than_1767_seconds(int keepAlive)
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1", keepAlive: (ushort)keepAlive);
        endpoint.Clock.Advance(TimeSpan.FromSeconds(1766));
        await device.PingAsync();
        endpoint.Clock.Advance(TimeSpan.FromSeconds(1767));
        Assert.Null(await device.TryReadAsync());
    }

    [Fact]
    public async Task A_connection_ends_with_its_token()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1", tokenSeconds: 100);
        endpoint.Clock.Advance(TimeSpan.FromSeconds(60));
        await device.PingAsync();
        endpoint.Clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Null(await device.TryReadAsync());
    }
}
