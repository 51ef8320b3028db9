using Serverless.Domain.Devices;
using Serverless.Domain.Rules;

namespace Serverless.Dialects.Tests.Management;

/// <summary>Rules, as a user manages them.</summary>
public sealed class RuleTests(ManagementCloud cloud) : IClassFixture<ManagementCloud>
{
    private const string Hot =
        """{"name":"hot","measurement":"temp","condition":{"operator":"Greater","threshold":20,"hysteresis":2},"forSeconds":5,"alarm":{"type":"too hot","severity":"Major"}}""";

    [Fact]
    public async Task A_rule_is_made_changed_and_deleted()
    {
        var device = await cloud.CreateDeviceAsync(ManagementCloud.Own, new NewDevice());
        var made = await cloud.SendAsync("user", "POST", "/api/v1/rules", Hot);
        Assert.True(made.Status == 201, made.Text);
        var path = made.Headers["Location"];
        Assert.Equal(
            ("value", 5, true, 1),
            ((string)made.Json["field"]!, (double)made.Json["forSeconds"]!, (bool)made.Json["enabled"]!, (int)made.Json["version"]!)
        );

        var patch = $$$"""{"scope":{"device":"{{{device.Uuid}}}"},"condition":{"threshold":25},"alarm":null}""";
        Assert.Equal(412, (await cloud.SendAsync("user", "PATCH", path, patch, "\"0\"")).Status);
        var patched = await cloud.SendAsync("user", "PATCH", path, patch, made.ETag);

        Assert.True(patched.Status == 200, patched.Text);
        Assert.Equal(device.Id, (string)patched.Json["scope"]!["device"]!);
        Assert.Equal("""{"operator":"Greater","threshold":25,"hysteresis":2}""", patched.Json["condition"]!.ToJsonString());
        Assert.Equal((null, 2), (patched.Json["alarm"], (int)patched.Json["version"]!));
        var renamed = await cloud.SendAsync("user", "PATCH", path, """{"name":"warm"}""");
        Assert.Equal(("warm", 2), ((string)renamed.Json["name"]!, (int)renamed.Json["version"]!));

        var silent = await cloud.SendAsync("user", "PATCH", path, """{"condition":null,"silenceSeconds":60,"forSeconds":0}""");
        Assert.Equal((60, null), ((double)silent.Json["silenceSeconds"]!, silent.Json["condition"]));
        Assert.Equal(403, (await cloud.SendAsync("reader", "DELETE", path)).Status);
        Assert.Equal(204, (await cloud.SendAsync("user", "DELETE", path)).Status);
        Assert.Equal(404, (await cloud.SendAsync("reader", "GET", path)).Status);
    }

    [Fact]
    public async Task A_path_stands_in_the_place_of_measurement_and_field()
    {
        var made = await cloud.SendAsync(
            "user",
            "POST",
            "/api/v1/rules",
            """{"name":"low","path":"data:level:value","condition":{"operator":"Less","threshold":8},"scope":{"member":{"fragment":"f","name":"n","value":3}}}"""
        );
        Assert.True(made.Status == 201, made.Text);
        Assert.Equal(("data", "level.value"), ((string)made.Json["measurement"]!, (string)made.Json["field"]!));
        Assert.Equal("""{"fragment":"f","name":"n","value":3}""", made.Json["scope"]!["member"]!.ToJsonString());
        var path = made.Headers["Location"];

        var other = await cloud.SendAsync("user", "PATCH", path, """{"measurement":"m"}""");
        Assert.Equal((400, "path"), (other.Status, (string)other.Json["member"]!));
        var moved = await cloud.SendAsync("user", "PATCH", path, """{"path":"temp"}""");
        Assert.Equal(("temp", "value", 2), ((string)moved.Json["measurement"]!, (string)moved.Json["field"]!, (int)moved.Json["version"]!));
        var plain = await cloud.SendAsync("user", "PATCH", path, """{"path":null,"measurement":"m"}""");
        Assert.Equal((200, null), (plain.Status, plain.Json["path"]));
        Assert.Equal(204, (await cloud.SendAsync("user", "DELETE", path)).Status);
    }

    [Theory]
    [InlineData("""{"condition":{"threshold":1},"silenceSeconds":null}""", "condition.operator")]
    [InlineData("""{"condition":{"operator":"Less"},"silenceSeconds":null}""", "condition.threshold")]
    [InlineData("""{"alarm":{"type":"a"}}""", "alarm.severity")]
    [InlineData("""{"alarm":{"severity":"Major"}}""", "alarm.type")]
    public async Task A_patch_leaves_out_what_is_there_and_nothing_else(string patch, string member)
    {
        var made = await cloud.SendAsync("user", "POST", "/api/v1/rules", """{"name":"n","measurement":"m","silenceSeconds":60}""");

        var patched = await cloud.SendAsync("user", "PATCH", made.Headers["Location"], patch);

        Assert.True(patched.Status == 400, patched.Text);
        Assert.Equal(member, (string)patched.Json["member"]!);
    }

    [Fact]
    public async Task A_rule_of_another_API_is_shown_and_not_changed()
    {
        var change = new RuleChange
        {
            Name = "theirs",
            Measurement = "m",
            SilenceSeconds = 60,
            Dialect = "thingscale",
        };
        await cloud.Rules.PutAsync(ManagementCloud.Own, "thingscale-1", change, [], TestContext.Current.CancellationToken);

        Assert.Equal("thingscale", (string)(await cloud.SendAsync("reader", "GET", "/api/v1/rules/thingscale-1")).Json["dialect"]!);
        Assert.Equal(403, (await cloud.SendAsync("user", "PATCH", "/api/v1/rules/thingscale-1", """{"enabled":false}""")).Status);
        Assert.Equal(403, (await cloud.SendAsync("user", "DELETE", "/api/v1/rules/thingscale-1")).Status);
        await cloud.Rules.RemoveAsync(ManagementCloud.Own, "thingscale-1", [], TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("""{"measurement":"m","silenceSeconds":60}""", "name")]
    [InlineData("""{"name":"n","silenceSeconds":60}""", "measurement")]
    [InlineData("""{"name":"n","path":"a::b","silenceSeconds":60}""", "path")]
    [InlineData("""{"name":"n","path":"a:b","measurement":"m","silenceSeconds":60}""", "path")]
    [InlineData("""{"name":"n","measurement":"m"}""", "condition")]
    [InlineData("""{"name":"n","measurement":"m","silenceSeconds":60,"condition":{"operator":"Less","threshold":1}}""", "condition")]
    [InlineData("""{"name":"n","measurement":"m","silenceSeconds":0}""", "silenceSeconds")]
    [InlineData("""{"name":"n","measurement":"m","silenceSeconds":60,"forSeconds":1}""", "forSeconds")]
    [InlineData("""{"name":"n","measurement":"m","condition":{"operator":"About","threshold":1}}""", "condition.operator")]
    [InlineData("""{"name":"n","measurement":"m","condition":{"operator":"Inside","threshold":1}}""", "upper")]
    [InlineData("""{"name":"n","measurement":"m","condition":{"operator":"Less","threshold":1,"hysteresis":-1}}""", "condition.hysteresis")]
    [InlineData("""{"name":"n","measurement":"m","condition":{"operator":"Less","text":"a"}}""", "text")]
    [InlineData("""{"name":"n","measurement":"m","silenceSeconds":60,"scope":{"device":"nobody"}}""", "scope")]
    [InlineData("""{"name":"n","measurement":"m","silenceSeconds":60,"alarm":{"type":"a"}}""", "alarm")]
    [InlineData("""{"name":"n","measurement":"m","silenceSeconds":60,"id":"1"}""", "id")]
    [InlineData("""{"name":"n","measurement":"m","condition":{}}""", "condition.operator")]
    [InlineData("""{"name":"n","measurement":"m","condition":{"threshold":1}}""", "condition.operator")]
    [InlineData("""{"name":"n","measurement":"m","condition":{"operator":"Less"}}""", "condition.threshold")]
    [InlineData("""{"name":"n","measurement":"m","condition":{"operator":"Equal","text":null}}""", "condition.threshold")]
    public async Task Wrong_input_names_the_member(string body, string member)
    {
        var reply = await cloud.SendAsync("user", "POST", "/api/v1/rules", body);

        Assert.True(reply.Status == 400, reply.Text);
        Assert.StartsWith(member, (string)reply.Json["member"]!, StringComparison.Ordinal);
    }
}
