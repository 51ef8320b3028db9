using System.Text.Json.Nodes;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Tests.Management;

public sealed class DeviceTests(ManagementCloud cloud) : IClassFixture<ManagementCloud>
{
    private const string Devices = "/api/v1/devices";

    private readonly string tag = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task A_device_is_created_with_all_that_is_given_and_found_where_the_answer_says()
    {
        var created = await cloud.SendAsync(
            "user",
            "POST",
            Devices,
            $$"""
            {"uuid":"{{Guid.NewGuid()}}","name":"Pump","type":"pump","owner":"user","group":"hall","serialNumber":"SN","installation":"installed",
             "location":{"latitude":52.5,"longitude":13.25},"externalIds":[{"type":"c8y_Serial","value":"{{tag}}"}],
             "channels":[{"number":1,"measurement":"temp","field":"value","unit":"C"}],"fragments":{"a":{"b":1} },"desired":{"x":1} }
            """
        );
        Assert.Equal(201, created.Status);
        var read = await cloud.SendAsync("reader", "GET", created.Headers["Location"]);

        Assert.Equal(created.ETag, read.ETag);
        var (before, after) = (created.Json, read.Json);
        Assert.Equal(44, before["keys"]!["primary"]!.GetValue<string>().Length);
        before.Remove("keys");
        Assert.True(JsonNode.DeepEquals(before, after), read.Text);
        Assert.Equal(13.25, after["location"]!["longitude"]!.GetValue<double>());
        Assert.Equal("hall", after["group"]!.GetValue<string>());
        Assert.Equal(after["uuid"]!.GetValue<string>(), after["hubId"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_device_is_found_by_its_uuid_too()
    {
        var device = await CreateAsync();

        Assert.Equal(200, (await cloud.SendAsync("reader", "GET", $"{Devices}/{device.Uuid}")).Status);
        Assert.Equal(404, (await cloud.SendAsync("stranger", "GET", $"{Devices}/{device.Uuid}")).Status);
    }

    [Fact]
    public async Task A_second_device_with_an_external_id_is_a_conflict()
    {
        var body = $$"""{"externalIds":[{"type":"t","value":"{{tag}}"}]}""";
        await cloud.SendAsync("user", "POST", Devices, body);
        var second = await cloud.SendAsync("user", "POST", Devices, body);

        Assert.Equal((409, "/problems/exists"), (second.Status, second.Problem));
    }

    [Fact]
    public async Task A_patch_changes_what_it_names_and_nothing_else()
    {
        var device = await CreateAsync(
            new NewDevice
            {
                Type = "pump",
                Group = "a",
                Fragments = new JsonObject { ["x"] = 1, ["y"] = 2 },
            }
        );
        var patched = await PatchAsync(device, """{"type":null,"fragments":{"x":null,"z":3},"location":{"latitude":1,"longitude":2}}""");
        var again = await PatchAsync(device, """{"location":{"altitude":9}}""");

        Assert.False(patched.Json.ContainsKey("type"));
        Assert.Equal("a", patched.Json["group"]!.GetValue<string>());
        Assert.Equal("""{"y":2,"z":3}""", patched.Json["fragments"]!.ToJsonString());
        Assert.Equal("""{"latitude":1,"longitude":2,"altitude":9}""", again.Json["location"]!.ToJsonString());
    }

    [Fact]
    public async Task A_patch_that_changes_nothing_leaves_the_version()
    {
        var device = await CreateAsync(new NewDevice { Name = "same" });
        var patched = await PatchAsync(device, """{"name":"same"}""");

        Assert.Equal(1, patched.Json["version"]!.GetValue<long>());
    }

    [Fact]
    public async Task A_write_under_an_old_entity_tag_is_refused()
    {
        var path = $"{Devices}/{(await CreateAsync()).Id}";
        var first = (await cloud.SendAsync("reader", "GET", path)).ETag!;
        var second = await cloud.SendAsync("user", "PATCH", path, """{"name":"one"}""", ifMatch: first);
        var stale = await cloud.SendAsync("user", "PATCH", path, """{"name":"two"}""", ifMatch: first);

        Assert.Equal(200, second.Status);
        Assert.NotEqual(first, second.ETag);
        Assert.Equal((412, "/problems/precondition-failed"), (stale.Status, stale.Problem));
        Assert.Equal(412, (await cloud.SendAsync("user", "DELETE", path, ifMatch: first)).Status);
        Assert.Equal(412, (await cloud.SendAsync("user", "DELETE", path, ifMatch: $"W/{second.ETag}")).Status);
        Assert.Equal(412, (await cloud.SendAsync("user", "PATCH", $"{path}/desired", "{}", ifMatch: first)).Status);
        Assert.Equal(200, (await cloud.SendAsync("user", "PATCH", path, """{"name":"three"}""", ifMatch: "*")).Status);
        var now = (await cloud.SendAsync("reader", "GET", path)).ETag;
        Assert.Equal(204, (await cloud.SendAsync("user", "DELETE", path, ifMatch: $"\"other\", {now}")).Status);
        Assert.Equal(404, (await cloud.SendAsync("reader", "GET", path)).Status);
    }

    [Fact]
    public async Task A_known_version_is_not_sent_again()
    {
        var path = $"{Devices}/{(await CreateAsync()).Id}";
        using var anew = new HttpRequestMessage(HttpMethod.Get, path);
        anew.Headers.TryAddWithoutValidation("If-None-Match", (await cloud.SendAsync("reader", "GET", path)).ETag);
        anew.Headers.Authorization = cloud.Bearer("reader");
        var reply = await cloud.SendAsync(anew);

        Assert.Equal((304, ""), (reply.Status, reply.Text));
    }

    [Fact]
    public async Task Pages_lead_to_the_end_and_hold_each_device_once()
    {
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            ids.Add((await CreateAsync(new NewDevice { Type = tag, Name = $"{i % 3}" })).Id);
        }

        foreach (var order in new[] { "id", "name", "-name", "created", "-updated" })
        {
            var found = new List<string>();
            string? cursor = null;
            do
            {
                var more = cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}";
                var page = (await cloud.SendAsync("reader", "GET", $"{Devices}?type={tag}&limit=3&order={order}{more}")).Json;
                found.AddRange(page["items"]!.AsArray().Select(item => item!["id"]!.GetValue<string>()));
                cursor = page["next"]?.GetValue<string>();
            } while (cursor is not null);

            Assert.Equal(ids.Order(), found.Order());
        }
    }

    [Theory]
    [InlineData("type=TAG", 2)]
    [InlineData("name=TAG-*", 2)]
    [InlineData("name=TAG-one", 1)]
    [InlineData("name=*one&type=TAG", 1)]
    [InlineData("owner=TAG", 1)]
    [InlineData("group=TAG", 1)]
    [InlineData("group=TAG&owner=TAG", 0)]
    [InlineData("connected=false&type=TAG", 2)]
    [InlineData("connected=true&type=TAG", 0)]
    [InlineData("enabled=false&type=TAG", 1)]
    [InlineData("health=Red&type=TAG", 0)]
    [InlineData("externalId=serial:TAG", 1)]
    [InlineData("externalId=serial:none", 0)]
    [InlineData("type=TAG&tenant=acme", 2)]
    public async Task Filters_find_what_they_say(string query, int count)
    {
        await CreateAsync(
            new NewDevice
            {
                Type = tag,
                Name = $"{tag}-one",
                Owner = tag,
                ExternalIds = [new ExternalId("serial", tag)],
            }
        );
        await CreateAsync(
            new NewDevice
            {
                Type = tag,
                Name = $"{tag}-two",
                Group = tag,
                Enabled = false,
            }
        );
        var reply = await cloud.SendAsync("reader", "GET", $"{Devices}?{query.Replace("TAG", tag)}");

        Assert.Equal(200, reply.Status);
        Assert.Equal(count, reply.Json["items"]!.AsArray().Count);
        Assert.Empty((await cloud.SendAsync("stranger", "GET", $"{Devices}?type={tag}")).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task An_operator_acts_in_the_tenant_that_it_names()
    {
        var created = await cloud.SendAsync("operator", "POST", $"{Devices}?tenant={ManagementCloud.Other}", $$"""{"name":"{{tag}}"}""");

        Assert.Equal(201, created.Status);
        Assert.Single((await cloud.SendAsync("stranger", "GET", $"{Devices}?name={tag}")).Json["items"]!.AsArray());
        Assert.Equal(404, (await cloud.SendAsync("operator", "GET", created.Headers["Location"])).Status);
        Assert.Equal(404, (await cloud.SendAsync("operator", "GET", $"{Devices}?tenant=none")).Status);
    }

    [Fact]
    public async Task Keys_are_an_admins_to_read_renew_and_set()
    {
        var device = await CreateAsync();
        var path = $"{Devices}/{device.Id}/keys";
        var before = await cloud.SendAsync("admin", "GET", path);
        var renewed = await cloud.SendAsync("admin", "POST", path, """{"regenerate":"secondary"}""", ifMatch: before.ETag);
        var set = await cloud.SendAsync(
            "admin",
            "PUT",
            path,
            $$"""{"primary":"AAECAwQFBgcICQoLDA0ODw==","thumbprints":["{{new string('a', 40)}}"]}"""
        );

        Assert.Equal(before.Json["primary"]!.ToString(), renewed.Json["primary"]!.ToString());
        Assert.NotEqual(before.Json["secondary"]!.ToString(), renewed.Json["secondary"]!.ToString());
        Assert.Equal(412, (await cloud.SendAsync("admin", "PUT", path, "{}", ifMatch: before.ETag)).Status);
        Assert.Null(set.Json["secondary"]);
        Assert.Equal("AAECAwQFBgcICQoLDA0ODw==", cloud.Gateway.Identities[device.HubId].PrimaryKey);
        Assert.Equal(400, (await cloud.SendAsync("admin", "PUT", path, """{"primary":"short"}""")).Status);
        Assert.Equal(403, (await cloud.SendAsync("user", "GET", path)).Status);
    }

    [Fact]
    public async Task Desired_properties_are_merged_and_the_device_is_told()
    {
        var device = await CreateAsync(
            new NewDevice
            {
                Desired = new JsonObject { ["a"] = 1, ["b"] = 2 },
            }
        );
        var reply = await cloud.SendAsync("user", "PATCH", $"{Devices}/{device.Id}/desired", """{"a":null,"c":{"d":3}}""");

        Assert.Equal("""{"values":{"b":2,"c":{"d":3}},"version":2}""", reply.Text);
        Assert.Equal(
            [("""{"a":1,"b":2}""", 1), ("""{"a":null,"c":{"d":3}}""", 2)],
            cloud
                .Gateway.Pushed.Where(pushed => pushed.HubId == device.HubId)
                .Select(pushed => (pushed.Patch.ToJsonString(), pushed.Version))
        );
    }

    [Fact]
    public async Task Health_tells_whether_the_device_is_connected_now()
    {
        var device = await CreateAsync();
        cloud.Gateway.Connections[device.HubId] = new ConnectionState(true, DateTimeOffset.UnixEpoch);
        var health = (await cloud.SendAsync("reader", "GET", $"{Devices}/{device.Id}/health")).Json;

        Assert.True(health["connected"]!.GetValue<bool>());
        Assert.Equal(DateTimeOffset.UnixEpoch, health["since"]!.GetValue<DateTimeOffset>());
        Assert.Null(health["color"]);
    }

    private Task<Reply> PatchAsync(DeviceTwin device, string patch) =>
        cloud.SendAsync("user", "PATCH", $"{Devices}/{device.Id}", patch, contentType: "application/merge-patch+json");

    private Task<DeviceTwin> CreateAsync(NewDevice? device = null) =>
        cloud.CreateDeviceAsync(ManagementCloud.Own, device ?? new NewDevice());
}
