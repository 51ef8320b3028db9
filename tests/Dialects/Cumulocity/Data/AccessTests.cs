using Serverless.Domain.Devices;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Data;

public sealed class AccessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST", "/measurement/measurements")]
    [InlineData("DELETE", "/measurement/measurements?dateFrom=2000-01-01")]
    [InlineData("POST", "/event/events")]
    [InlineData("PUT", "/event/events/EVENT")]
    [InlineData("DELETE", "/event/events/EVENT")]
    [InlineData("DELETE", "/event/events?dateFrom=2000-01-01")]
    [InlineData("POST", "/event/events/EVENT/binaries")]
    [InlineData("DELETE", "/event/events/EVENT/binaries")]
    public async Task A_reader_changes_nothing(string method, string path)
    {
        await using var server = await DataServer.StartAsync();
        var id = (string)(await server.PostAsync("/event/events", Event(server.Device)))["id"]!;

        var answer = await server.SendAsync(method, path.Replace("EVENT", id), method == "DELETE" ? null : "{}", DataServer.As("bob"));

        Assert.Equal((403, "Access is denied."), (answer.Status, answer.Message));
        Assert.Equal(200, (await server.GetAsync($"/event/events/{id}", DataServer.As("bob"))).Status);
        Assert.Equal(200, (await server.GetAsync("/measurement/measurements", DataServer.As("bob"))).Status);
    }

    [Fact]
    public async Task A_device_sends_and_reads_its_own_and_what_is_below_it()
    {
        await using var server = await DataServer.StartAsync();
        var own = await server.Cloud.AddDeviceAsync("own", new NewDevice { Owner = "dora" });
        var child = await server.Cloud.AddDeviceAsync("child", new NewDevice { Parents = [own.Id] });
        var dora = DataServer.As("dora");
        foreach (var device in new[] { own, child })
        {
            var body = DataServer.Body("2020-01-01", "1", "a", "b", null, "t", device);
            var id = (string)(await server.PostAsync("/measurement/measurements", body, dora))["id"]!;
            Assert.Equal(200, (await server.GetAsync($"/measurement/measurements/{id}", dora)).Status);
            Assert.Single(await server.ListAsync($"source={device.Id}", dora));
            Assert.Equal(204, (await server.SendAsync("DELETE", $"/measurement/measurements/{id}", null, dora)).Status);
            Assert.Equal(201, (await server.SendAsync("POST", "/event/events", Event(device), dora)).Status);
        }

        var other = DataServer.Body("2020-01-01", "1", "a", "b", null, "t", server.Device);
        var foreign = (string)(await server.PostAsync("/measurement/measurements", other))["id"]!;
        Assert.Equal(403, (await server.SendAsync("POST", "/measurement/measurements", other, dora)).Status);
        Assert.Equal(403, (await server.SendAsync("POST", "/event/events", Event(server.Device), dora)).Status);
        Assert.Equal(403, (await server.GetAsync($"/measurement/measurements/{foreign}", dora)).Status);
        Assert.Equal(403, (await server.GetAsync($"/measurement/measurements?source={server.Device.Id}", dora)).Status);
        Assert.Equal(403, (await server.GetAsync("/measurement/measurements", dora)).Status);
        Assert.Equal(2, (await server.GetAsync("/event/events", dora)).Json["events"]!.AsArray().Count);
        Assert.Equal(403, (await server.SendAsync("DELETE", "/event/events?dateFrom=2000-01-01", null, dora)).Status);
    }

    [Fact]
    public async Task Another_tenants_things_are_not_there()
    {
        await using var server = await DataServer.StartAsync();
        await server.Cloud.AddTenantAsync("t2");
        var theirs = await server.Cloud.AddDeviceAsync("theirs", tenant: "t2");

        var body = DataServer.Body("2020-01-01", "1", "a", "b", null, "t", theirs);

        Assert.Equal(422, (await server.SendAsync("POST", "/measurement/measurements", body)).Status);
        Assert.Empty(await server.ListAsync($"source={theirs.Id}"));
    }

    private static string Event(DeviceTwin source) =>
        $$$"""{"source":{"id":"{{{source.Id}}}"},"type":"t","text":"x","time":"2020-01-01"}""";
}
