using System.Text.Json.Nodes;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Tests.Management;

/// <summary>Commands by the management API.</summary>
public sealed class CommandTests(ManagementCloud cloud) : IClassFixture<ManagementCloud>
{
    [Fact]
    public async Task A_command_is_given_read_and_cancelled_once()
    {
        var device = await DeviceAsync();
        const string Body = """
            {"name":"reboot","payload":{"in":5},"properties":{"qos":"1"},"transactionId":"7","expected":{"in":5},"delivery":"Desired","reply":"Echo","lifetimeSeconds":60}
            """;
        var created = await cloud.SendAsync("user", "POST", $"/api/v1/devices/{device.Uuid}/commands", Body);
        Assert.Equal(201, created.Status);
        var id = created.Json["id"]!.GetValue<string>();
        Assert.Equal($"/api/v1/commands/{id}", created.Headers["Location"]);
        var command = (await cloud.Commands.GetAsync(ManagementCloud.Own, id, CancellationToken.None)).Value;
        Assert.Equal(
            (device.Id, "management", "user", "reboot", "7", CommandDelivery.Desired, CommandReply.Echo, CommandState.Queued),
            (
                command.Device,
                command.Dialect,
                command.User,
                command.Name,
                command.TransactionId,
                command.Delivery,
                command.Reply,
                command.State
            )
        );
        Assert.Equal(
            ("""{"in":5}""", """{"in":5}""", "1"),
            (command.Payload.ToJsonString(), command.Expected!.ToJsonString(), command.Properties["qos"])
        );
        Assert.Equal(TimeSpan.FromSeconds(60), command.Deadline - command.Created);

        var read = await cloud.SendAsync("reader", "GET", $"/api/v1/commands/{id}");
        Assert.Equal((200, created.ETag, created.Json.ToJsonString()), (read.Status, read.ETag, read.Json.ToJsonString()));
        Assert.False(read.Json.ContainsKey("due"));

        var cancelled = await cloud.SendAsync("user", "DELETE", $"/api/v1/commands/{id}");
        Assert.Equal(
            (200, "Failed", "Cancelled by user."),
            (cancelled.Status, (string)cancelled.Json["state"]!, (string)cancelled.Json["failure"]!)
        );
        Assert.Equal(["Queued", "Failed"], cancelled.Json["history"]!.AsArray().Select(step => (string)step!["state"]!));
        var again = await cloud.SendAsync("user", "DELETE", $"/api/v1/commands/{id}");
        Assert.Equal((409, "/problems/command-ended"), (again.Status, again.Problem));
    }

    [Fact]
    public async Task A_cancelled_command_leaves_the_desired_properties()
    {
        var device = await DeviceAsync();
        var id = await GiveAsync(device, """{"payload":1,"delivery":"Desired"}""");
        await cloud.Commands.UpdateAsync(
            ManagementCloud.Own,
            id,
            command => command with { Way = CommandDelivery.Desired },
            CancellationToken.None
        );
        var patch = new JsonObject { ["commands"] = new JsonObject { [id] = new JsonObject() } };
        await cloud.Devices.PatchDesiredAsync(ManagementCloud.Own, device.Id, patch, null, CancellationToken.None);
        Assert.Equal(200, (await cloud.SendAsync("user", "DELETE", $"/api/v1/commands/{id}")).Status);
        var twin = (await cloud.Twins.GetAsync(ManagementCloud.Own, device.Id, CancellationToken.None)).Value;
        Assert.Equal("""{"commands":{}}""", twin.Desired.Values.ToJsonString());
    }

    [Fact]
    public async Task Commands_are_listed_by_filter_order_and_page()
    {
        var (one, two) = (await DeviceAsync(), await DeviceAsync());
        string[] ids =
        [
            await GiveAsync(one, """{"payload":"a"}"""),
            await GiveAsync(two, """{"payload":"b"}"""),
            await GiveAsync(one, """{"payload":"c"}"""),
        ];
        await cloud.SendAsync("user", "DELETE", $"/api/v1/commands/{ids[2]}");
        Assert.Equal([ids[2], ids[0]], await ListAsync($"/api/v1/devices/{one.Id}/commands"));
        Assert.Equal([ids[0], ids[2]], await ListAsync($"/api/v1/devices/{one.Uuid}/commands?order=id"));
        Assert.Equal([ids[2], ids[0]], await ListAsync($"/api/v1/commands?device={one.Id}"));
        Assert.Equal([ids[1]], await ListAsync($"/api/v1/commands?device={two.Uuid}&dialect=management&user=user"));
        Assert.Equal([ids[2]], await ListAsync($"/api/v1/commands?device={one.Id}&state=Failed"));
        Assert.Empty(await ListAsync("/api/v1/commands?device=nobody"));
        Assert.Empty(await ListAsync($"/api/v1/commands?device={one.Id}&dialect=thingsee"));
        var first = await cloud.SendAsync("reader", "GET", $"/api/v1/devices/{one.Id}/commands?limit=1");
        var next = Uri.EscapeDataString((string)first.Json["next"]!);
        Assert.Equal([ids[0]], await ListAsync($"/api/v1/devices/{one.Id}/commands?limit=1&cursor={next}"));
    }

    [Fact]
    public async Task The_same_idempotency_key_is_the_same_command()
    {
        var device = await DeviceAsync();
        var body = $$"""{"payload":1,"idempotencyKey":"{{Guid.NewGuid()}}"}""";
        Assert.Equal(await GiveAsync(device, body), await GiveAsync(device, body));
        Assert.Single(await ListAsync($"/api/v1/devices/{device.Id}/commands"));
    }

    [Theory]
    [InlineData("{}", "payload")]
    [InlineData("""{"payload":null}""", "payload")]
    [InlineData("""{"payload":1,"name":"a b"}""", "name")]
    [InlineData("""{"payload":1,"delivery":"Post"}""", "delivery")]
    [InlineData("""{"payload":1,"reply":"Never"}""", "reply")]
    [InlineData("""{"payload":1,"lifetimeSeconds":0}""", "lifetimeSeconds")]
    [InlineData("""{"payload":1,"lifetimeSeconds":2592001}""", "lifetimeSeconds")]
    [InlineData("""{"payload":1,"properties":{"a":1}}""", "properties.a")]
    [InlineData("""{"payload":1,"expected":[]}""", "expected")]
    [InlineData("""{"payload":1,"colour":"red"}""", "colour")]
    public async Task A_wrong_command_is_refused_by_its_member(string body, string member)
    {
        var device = await DeviceAsync();
        var reply = await cloud.SendAsync("user", "POST", $"/api/v1/devices/{device.Id}/commands", body);
        Assert.Equal((400, member), (reply.Status, (string)reply.Json["member"]!));
        Assert.Empty(await ListAsync($"/api/v1/devices/{device.Id}/commands"));
    }

    private Task<DeviceTwin> DeviceAsync() => cloud.CreateDeviceAsync(ManagementCloud.Own, new NewDevice());

    private async Task<string> GiveAsync(DeviceTwin device, string body)
    {
        var reply = await cloud.SendAsync("user", "POST", $"/api/v1/devices/{device.Id}/commands", body);
        Assert.True(reply.Status == 201, reply.Text);
        return (string)reply.Json["id"]!;
    }

    private async Task<IReadOnlyList<string>> ListAsync(string path)
    {
        var reply = await cloud.SendAsync("reader", "GET", path);
        Assert.True(reply.Status == 200, reply.Text);
        return [.. reply.Json["items"]!.AsArray().Select(item => (string)item!["id"]!)];
    }
}
