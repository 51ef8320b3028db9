using System.Text.Json.Nodes;
using Serverless.Domain.Changes;
using Serverless.Domain.DeviceEvents;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Tests.Management;

public sealed class EventTests(ManagementCloud cloud) : IClassFixture<ManagementCloud>
{
    private static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Events_are_listed_of_a_device_and_of_all_and_read()
    {
        var device = await cloud.CreateDeviceAsync(ManagementCloud.Own, new NewDevice());
        var type = $"t-{device.Id}";
        var first = await CreateAsync(ManagementCloud.Own, device.Id, type, 0);
        await CreateAsync(ManagementCloud.Own, device.Id, "other", 1);
        await CreateAsync(ManagementCloud.Own, "77", type, 2);

        Assert.Equal("1 0", await TextsAsync($"/api/v1/devices/{device.Uuid}/events"));
        Assert.Equal("0 1", await TextsAsync($"/api/v1/devices/{device.Id}/events?order=time"));
        Assert.Equal("0", await TextsAsync($"/api/v1/devices/{device.Id}/events?type={type}"));
        Assert.Equal("2 0", await TextsAsync($"/api/v1/events?type={type}"));
        Assert.Equal("1 0", await TextsAsync($"/api/v1/events?device={device.Id}"));
        Assert.Equal("", await TextsAsync("/api/v1/events?device=none"));
        Assert.Equal("2", await TextsAsync($"/api/v1/events?type={type}&from=2026-03-01T12:00:01Z"));
        Assert.Equal("0", await TextsAsync($"/api/v1/events?type={type}&to=2026-03-01T12:00:01Z"));
        var read = await cloud.SendAsync("reader", "GET", $"/api/v1/events/{first.Id}");
        Assert.True(JsonNode.DeepEquals(DeviceEventJson.ToObject(first), read.Json), read.Text);
    }

    [Fact]
    public async Task Another_tenants_events_are_not_there_and_a_wrong_time_is_refused()
    {
        var theirs = await CreateAsync(ManagementCloud.Other, "1", "x", 0);

        Assert.Equal(404, (await cloud.SendAsync("reader", "GET", $"/api/v1/events/{theirs.Id}")).Status);
        Assert.Equal(400, (await cloud.SendAsync("reader", "GET", "/api/v1/events?from=soon")).Status);
        Assert.Equal(400, (await cloud.SendAsync("reader", "GET", "/api/v1/events?cursor=x")).Status);
    }

    private Task<DeviceEvent> CreateAsync(string tenant, string source, string type, int second) =>
        cloud.Events.CreateAsync(
            tenant,
            new NewEvent(source, type, $"{second}", Time.AddSeconds(second), new JsonObject { ["a"] = second }),
            Effects.All,
            TestContext.Current.CancellationToken
        );

    private async Task<string> TextsAsync(string path)
    {
        var reply = await cloud.SendAsync("reader", "GET", path);
        Assert.True(reply.Status == 200, reply.Text);
        return string.Join(' ', reply.Json["items"]!.AsArray().Select(item => (string)item!["text"]!));
    }
}
