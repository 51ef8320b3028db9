using Serverless.Domain.Devices;

namespace Serverless.Dialects.Tests.Management;

public sealed class WrongInputTests(ManagementCloud cloud) : IClassFixture<ManagementCloud>
{
    [Theory]
    [InlineData("", null)]
    [InlineData("[]", null)]
    [InlineData("{", null)]
    [InlineData("""{"name":"a","name":"b"}""", null)]
    [InlineData("""{"name":"\ud800"}""", null)]
    [InlineData("""{"fragments":{"\ud800":1}}""", null)]
    [InlineData("""{"name":1}""", "name")]
    [InlineData("""{"name":null}""", "name")]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"nmae":"x"}""", "nmae")]
    [InlineData("""{"id":"1"}""", "id")]
    [InlineData("""{"uuid":"nonsense"}""", "uuid")]
    [InlineData("""{"enabled":"yes"}""", "enabled")]
    [InlineData("""{"version":2}""", "version")]
    [InlineData("""{"installation":"lost"}""", "installation")]
    [InlineData("""{"location":{"latitude":91,"longitude":0}}""", "location.latitude")]
    [InlineData("""{"location":{"latitude":1}}""", "location")]
    [InlineData("""{"location":{"latitude":1,"longitude":2,"altitude":1e999}}""", "location.altitude")]
    [InlineData("""{"externalIds":[{"type":"t"}]}""", "externalIds[0].value")]
    [InlineData("""{"externalIds":[{"type":"iothub","value":"a b"}]}""", "externalIds")]
    [InlineData("""{"externalIds":{}}""", "externalIds")]
    [InlineData("""{"channels":[{"number":0,"measurement":"m","field":"f"}]}""", "channels[0].number")]
    [InlineData("""{"channels":[{"number":1,"measurement":"m","field":"f"},{"number":1,"measurement":"n","field":"f"}]}""", "channels")]
    [InlineData("""{"channels":[{"number":99999999999,"measurement":"m","field":"f"}]}""", "channels[0].number")]
    [InlineData("""{"fragments":[]}""", "fragments")]
    [InlineData("""{"keys":{"primary":"x"}}""", "key")]
    [InlineData("""{"keys":{"thumbprints":["x"]}}""", "thumbprints")]
    public async Task A_wrong_device_is_refused_and_its_member_named(string body, string? member)
    {
        var reply = await cloud.SendAsync("user", "POST", "/api/v1/devices", body);

        Assert.Equal((400, "/problems/invalid"), (reply.Status, reply.Problem));
        Assert.Equal(member, reply.Json["member"]?.GetValue<string>());
        Assert.NotEmpty(reply.Json["detail"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"desired":{}}""", "desired")]
    [InlineData("""{"health":{}}""", "health")]
    [InlineData("""{"parents":[]}""", "parents")]
    [InlineData("""{"externalIds":null}""", "externalIds")]
    public async Task A_patch_of_what_cannot_be_set_is_refused(string body, string member)
    {
        var device = await cloud.CreateDeviceAsync(ManagementCloud.Own, new NewDevice());
        var reply = await cloud.SendAsync("user", "PATCH", $"/api/v1/devices/{device.Id}", body);

        Assert.Equal((400, member), (reply.Status, reply.Json["member"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("GET", "/api/v1/devices?limit=0", "limit")]
    [InlineData("GET", "/api/v1/devices?limit=1001", "limit")]
    [InlineData("GET", "/api/v1/devices?limit=many", "limit")]
    [InlineData("GET", "/api/v1/devices?limit=99999999999", "limit")]
    [InlineData("GET", "/api/v1/devices?limit=1&limit=2", "limit")]
    [InlineData("GET", "/api/v1/devices?tpye=pump", "tpye")]
    [InlineData("GET", "/api/v1/devices?order=shoe", "order")]
    [InlineData("GET", "/api/v1/devices?connected=1", "connected")]
    [InlineData("GET", "/api/v1/devices?externalId=x", "externalId")]
    [InlineData("GET", "/api/v1/devices?cursor=nonsense", "cursor")]
    [InlineData("GET", "/api/v1/devices?cursor=AAAAAAAAAAAAAAAAAAAA", "cursor")]
    [InlineData("GET", "/api/v1/changes?after=-1", "after")]
    [InlineData("GET", "/api/v1/changes?after=1.5", "after")]
    [InlineData("GET", "/api/v1/changes?wait=61", "wait")]
    [InlineData("GET", "/api/v1/dead-letters?unassigned=maybe", "unassigned")]
    public async Task A_wrong_query_is_refused_and_its_parameter_named(string method, string path, string member)
    {
        var reply = await cloud.SendAsync("reader", method, path);

        Assert.Equal((400, "/problems/invalid"), (reply.Status, reply.Problem));
        Assert.Equal(member, reply.Json["member"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("/api/v1/users", """{}""", 400)]
    [InlineData("/api/v1/users", """{"name":"a/b"}""", 400)]
    [InlineData("/api/v1/users", """{"name":"a","roles":["king"]}""", 400)]
    [InlineData("/api/v1/users", """{"name":"a","password":"123"}""", 400)]
    [InlineData("/api/v1/users", """{"name":"a","stamp":"x"}""", 400)]
    [InlineData("/api/v1/users/admin/tokens", """{"purpose":"fun"}""", 400)]
    [InlineData("/api/v1/users/admin/tokens", """{"purpose":"api","token":""}""", 400)]
    [InlineData("/api/v1/clients", """{"id":""}""", 400)]
    [InlineData("/api/v1/clients", """{"id":"a","secret":"1"}""", 400)]
    [InlineData("/api/v1/token", """{"username":"admin"}""", 400)]
    [InlineData("/api/v1/token", """{"username":"admin","password":"wrong"}""", 401)]
    [InlineData("/api/v1/token", """{"refreshToken":"nonsense"}""", 401)]
    [InlineData("/api/v1/token", """{}""", 401)]
    public async Task Wrong_accounts_are_refused(string path, string body, int status) =>
        Assert.Equal(status, (await cloud.SendAsync("admin", "POST", path, body)).Status);

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/merge-patch+json")]
    [InlineData("nonsense")]
    public async Task Other_media_types_are_refused(string type)
    {
        var reply = await cloud.SendAsync("user", "POST", "/api/v1/devices", "{}", contentType: type);

        Assert.Equal((415, "/problems/unsupported-media-type"), (reply.Status, reply.Problem));
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        var reply = await cloud.SendAsync("user", "POST", "/api/v1/devices", $$"""{"name":"{{new string('x', 300_000)}}"}""");

        Assert.Equal((413, "/problems/too-large"), (reply.Status, reply.Problem));
    }

    [Theory]
    [InlineData(40, 201)]
    [InlineData(60, 400)]
    public async Task What_is_taken_can_be_read_back_however_deep_it_nests(int depth, int status)
    {
        var nested = string.Concat(Enumerable.Repeat("""{"a":""", depth)) + "1" + new string('}', depth);
        var reply = await cloud.SendAsync("user", "POST", "/api/v1/devices", $$"""{"fragments":{{nested}}}""");

        Assert.Equal(status, reply.Status);
        if (status == 201)
        {
            Assert.Equal(200, (await cloud.SendAsync("reader", "GET", reply.Headers["Location"])).Status);
            Assert.Equal(200, (await cloud.SendAsync("reader", "GET", "/api/v1/changes?after=0")).Status);
        }
    }

    [Theory]
    [InlineData("/api/v1")]
    [InlineData("/api/v1/")]
    [InlineData("/api/v1/nothing")]
    [InlineData("/api/v1/devices/1/nothing")]
    public async Task Unknown_routes_are_problems(string path)
    {
        var reply = await cloud.SendAsync("admin", "GET", path);

        Assert.Equal((404, "/problems/not-found"), (reply.Status, reply.Problem));
    }

    [Fact]
    public async Task A_method_that_is_not_known_is_told_those_that_are()
    {
        var put = await cloud.SendAsync("admin", "PUT", "/api/v1/devices", "{}");
        var options = await cloud.SendAsync(null, "OPTIONS", "/api/v1/devices");
        var head = await cloud.SendAsync("reader", "HEAD", "/api/v1/devices");

        Assert.Equal((405, "/problems/method-not-allowed"), (put.Status, put.Problem));
        Assert.Equal("GET, POST, HEAD, OPTIONS", put.Headers["Allow"]);
        Assert.Equal((204, "GET, POST, HEAD, OPTIONS"), (options.Status, options.Headers["Allow"]));
        Assert.Equal((200, "", "application/json"), (head.Status, head.Text, head.Headers["Content-Type"]));
    }
}
