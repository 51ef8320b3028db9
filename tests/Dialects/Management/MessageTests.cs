using System.Text;
using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Tests.Management;

public sealed class MessageTests(ManagementCloud cloud) : IClassFixture<ManagementCloud>
{
    [Fact]
    public async Task A_method_answers_what_the_device_says()
    {
        var device = await CreateAsync();
        cloud.Gateway.Methods[device.HubId] = call => new MethodResult(
            207,
            new JsonObject { ["echo"] = call.Payload?.DeepClone(), ["name"] = call.Name }
        );
        var reply = await CallAsync(device, """{"name":"reboot","payload":[1,2]}""");

        Assert.Equal("""{"status":207,"payload":{"echo":[1,2],"name":"reboot"}}""", reply.Text);
    }

    [Fact]
    public async Task A_device_that_is_away_or_silent_is_a_problem_of_its_own()
    {
        var device = await CreateAsync();
        var offline = await CallAsync(device, """{"name":"reboot"}""");
        cloud.Gateway.Methods[device.HubId] = _ => throw new DeviceTimeoutException(device.HubId);
        var silent = await CallAsync(device, """{"name":"reboot"}""");

        Assert.Equal((404, "/problems/device-offline"), (offline.Status, offline.Problem));
        Assert.Equal((504, "/problems/device-timeout"), (silent.Status, silent.Problem));
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"name":"a/b"}""")]
    [InlineData("""{"name":"a","responseTimeout":4}""")]
    [InlineData("""{"name":"a","connectTimeout":400}""")]
    public async Task A_wrong_call_is_refused(string body) => Assert.Equal(400, (await CallAsync(await CreateAsync(), body)).Status);

    [Theory]
    [InlineData("""{"body":{"a":1}}""", """{"a":1}""", "application/json")]
    [InlineData("""{"body":null}""", "null", "application/json")]
    [InlineData("""{"bodyBase64":"aGk=","contentType":"text/plain"}""", "hi", "text/plain")]
    [InlineData("""{"bodyBase64":""}""", "", null)]
    public async Task A_message_goes_to_the_device_as_it_is(string body, string payload, string? type)
    {
        var device = await CreateAsync();
        var reply = await SendAsync(device, body);
        var (_, message) = Assert.Single(cloud.Gateway.Sent, sent => sent.HubId == device.HubId);

        Assert.Equal((202, message.MessageId), (reply.Status, reply.Json["messageId"]!.GetValue<string>()));
        Assert.Equal(payload, Encoding.UTF8.GetString(message.Body.Span));
        Assert.Equal(type, message.System.GetValueOrDefault("content-type"));
    }

    [Fact]
    public async Task A_message_carries_its_properties_and_its_end()
    {
        var device = await CreateAsync();
        await SendAsync(
            device,
            """{"body":1,"messageId":"m","correlationId":"c","properties":{"p":"q"},"expires":"2030-01-01T00:00:00Z"}"""
        );
        var (_, message) = Assert.Single(cloud.Gateway.Sent, sent => sent.HubId == device.HubId);

        Assert.Equal(("m", "c", "q"), (message.MessageId, message.System["correlation-id"], message.Properties["p"]));
        Assert.Equal(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero), message.Expires);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"body":1,"bodyBase64":"aGk="}""")]
    [InlineData("""{"bodyBase64":"*"}""")]
    [InlineData("""{"body":1,"expires":"soon"}""")]
    [InlineData("""{"body":1,"properties":{"p":1}}""")]
    public async Task A_wrong_message_is_refused(string body) => Assert.Equal(400, (await SendAsync(await CreateAsync(), body)).Status);

    [Fact]
    public async Task A_devices_log_is_listed_newest_first_from_a_level_up()
    {
        var device = await CreateAsync();
        foreach (var level in Enumerable.Range(0, 5))
        {
            var line = new DeviceLogLine(device.Id, DateTimeOffset.UnixEpoch.AddSeconds(level), level, "app", $"line {level}");
            var write = new DocumentWrite(
                WriteMode.Create,
                Kinds.DeviceLog,
                $"{device.Id}-{level}",
                DeviceJson.Default.DeviceLogLine.ToBody(line)
            );
            await cloud.Store.CommitAsync(ManagementCloud.Own, write, CancellationToken.None);
        }

        var first = (await cloud.SendAsync("reader", "GET", $"/api/v1/devices/{device.Id}/log?level=2&limit=2")).Json;
        var rest = (await cloud.SendAsync("reader", "GET", $"/api/v1/devices/{device.Id}/log?level=2&limit=2&cursor={first["next"]}")).Json;

        Assert.Equal(["line 4", "line 3"], first["items"]!.AsArray().Select(line => line!["message"]!.GetValue<string>()));
        Assert.Equal("line 2", Assert.Single(rest["items"]!.AsArray())!["message"]!.GetValue<string>());
        Assert.Null(rest["next"]);
    }

    [Fact]
    public async Task Dead_letters_are_listed_by_device_read_and_deleted()
    {
        var device = await CreateAsync();
        var id = await AddDeadLetterAsync(ManagementCloud.Own, device.HubId);
        foreach (var sender in new[] { device.Id, device.HubId })
        {
            var item = Assert.Single(
                (await cloud.SendAsync("reader", "GET", $"/api/v1/dead-letters?device={sender}")).Json["items"]!.AsArray()
            );
            Assert.Equal((id, 2), (item!["id"]!.GetValue<string>(), item["size"]!.GetValue<int>()));
            Assert.Null(item["body"]);
        }

        var read = (await cloud.SendAsync("reader", "GET", $"/api/v1/dead-letters/{id}")).Json;
        Assert.Equal(("aGk=", "no JSON"), (read["body"]!.GetValue<string>(), read["reason"]!.GetValue<string>()));
        Assert.Equal(204, (await cloud.SendAsync("user", "DELETE", $"/api/v1/dead-letters/{id}")).Status);
        Assert.Equal(404, (await cloud.SendAsync("user", "DELETE", $"/api/v1/dead-letters/{id}")).Status);
    }

    [Fact]
    public async Task Dead_letters_of_no_tenant_are_the_operators()
    {
        var id = await AddDeadLetterAsync(Partitions.System, "unknown-device");

        Assert.Equal(403, (await cloud.SendAsync("admin", "GET", "/api/v1/dead-letters?unassigned=true")).Status);
        Assert.Equal(403, (await cloud.SendAsync("admin", "DELETE", $"/api/v1/dead-letters/{id}?unassigned=true")).Status);
        Assert.Single(
            (await cloud.SendAsync("operator", "GET", "/api/v1/dead-letters?unassigned=true&device=unknown-device")).Json[
                "items"
            ]!.AsArray()
        );
        Assert.Equal(404, (await cloud.SendAsync("operator", "GET", $"/api/v1/dead-letters/{id}")).Status);
        Assert.Equal(204, (await cloud.SendAsync("operator", "DELETE", $"/api/v1/dead-letters/{id}?unassigned=true")).Status);
    }

    [Fact]
    public async Task A_poll_waits_for_the_change_that_it_asks_for()
    {
        var from = (await cloud.SendAsync("reader", "GET", "/api/v1/changes")).Json["next"]!.GetValue<long>();
        var watched = await CreateAsync();
        await CreateAsync();
        var poll = cloud.SendAsync("reader", "GET", $"/api/v1/changes?after={from + 2}&wait=60&kinds=devices&source={watched.Id}");
        await CreateAsync();
        await cloud.SendAsync("user", "PATCH", $"/api/v1/devices/{watched.Id}", """{"name":"renamed"}""");
        var reply = (await poll).Json;

        var change = Assert.Single(reply["items"]!.AsArray())!;
        Assert.Equal(("devices", "update", watched.Id), ($"{change["kind"]}", $"{change["action"]}", $"{change["source"]}"));
        Assert.Equal("renamed", change["body"]!["name"]!.GetValue<string>());
        Assert.Equal(from + 4, reply["next"]!.GetValue<long>());
    }

    [Fact]
    public async Task Another_tenants_changes_are_not_seen()
    {
        var device = await CreateAsync();
        var reply = await cloud.SendAsync("stranger", "GET", "/api/v1/changes?after=0&limit=1000");

        Assert.DoesNotContain(device.Id, reply.Text);
    }

    [Theory]
    [InlineData("kinds=devices", false)]
    [InlineData("kinds=devices,measurements", true)]
    [InlineData("source=SOURCE", true)]
    public async Task Readings_are_logged_where_a_poll_asks_for_them(string query, bool listens)
    {
        var (tenant, source) = ($"t{Guid.NewGuid():N}", Guid.NewGuid().ToString());
        await cloud.SendAsync("operator", "POST", "/api/v1/tenants", $$"""{"id":"{{tenant}}"}""");
        await cloud.SendAsync("operator", "GET", $"/api/v1/changes?tenant={tenant}&{query.Replace("SOURCE", source)}");

        Assert.Equal(listens, await cloud.Listeners.AnyAsync(tenant, "measurements", source, CancellationToken.None));
    }

    private async Task<string> AddDeadLetterAsync(string partition, string sender)
    {
        var none = DeviceMessage.NoProperties;
        var message = new DeviceMessage(sender, "hi"u8.ToArray(), DateTimeOffset.UtcNow, MessageSource.Telemetry, none, none);
        var letter = DeadLetters.Of(message, "no JSON");
        await cloud.DeadLetters.AddAsync(partition, [letter], CancellationToken.None);
        return letter.Id;
    }

    private Task<DeviceTwin> CreateAsync() => cloud.CreateDeviceAsync(ManagementCloud.Own, new NewDevice());

    private Task<Reply> CallAsync(DeviceTwin device, string body) =>
        cloud.SendAsync("user", "POST", $"/api/v1/devices/{device.Id}/methods", body);

    private Task<Reply> SendAsync(DeviceTwin device, string body) =>
        cloud.SendAsync("user", "POST", $"/api/v1/devices/{device.Id}/messages", body);
}
