using System.Net;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.StartUp;

/// <summary>The bootstrap file, read at every start.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class BootstrapTests : IDisposable
{
    private static readonly TestUser Admin = new("admin", "first password", "admin");
    private readonly ScratchFolder folder = new();

    private CloudOptions Options => new() { Data = folder.At("data") };

    [Fact]
    public async Task Reading_it_again_changes_nothing()
    {
        var device = TestDevice.New();
        var options = Options with { Bootstrap = new TestBootstrap().Tenant("t1", [Admin], [device]) };
        string token;
        JsonNode? before;
        await using (var cloud = await CloudProcess.StartAsync(options))
        {
            await new Mosquitto(cloud).PublishAsync(device, """{"timestamp":1595328301000,"a":1}""");
            token = await TokenAsync(cloud, Admin);
            before = await DeviceAsync(cloud, device);
            await cloud.StopAsync();
        }

        await using var again = await CloudProcess.StartAsync(options);

        Assert.True(JsonNode.DeepEquals(before, await DeviceAsync(again, device)));
        using var reader = ProficloudClient.WithToken(again.Http, token);
        Assert.Single(await reader.PointsAsync(device.Uuid, "auto~a"));
    }

    [Fact]
    public async Task An_edited_file_is_applied()
    {
        var (first, second) = (TestDevice.New(), TestDevice.New());
        await using (
            var cloud = await CloudProcess.StartAsync(Options with { Bootstrap = new TestBootstrap().Tenant("t1", [Admin], [first]) })
        )
        {
            await new Mosquitto(cloud).PublishAsync(first, """{"a":1}""");
        }

        var changed = Admin with { Password = "second password" };
        var newKey = first with { Key = TestDevice.New().Key };
        var edited = new TestBootstrap().Tenant("t1", [changed], [newKey, second]).Tenant("t2", [new TestUser("other", "pass of other")]);
        await using var again = await CloudProcess.StartAsync(Options with { Bootstrap = edited });

        using var anonymous = ProficloudClient.WithToken(again.Http, null);
        var old = new JsonObject { ["username"] = Admin.Name, ["password"] = Admin.Password };
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.PostTokenAsync(old)).Status);
        using var reader = await ProficloudClient.LogInAsync(again.Http, changed);
        await new Mosquitto(again).PublishAsync(second, """{"a":2}""");
        await new Mosquitto(again).PublishAsync(newKey, """{"a":3}""");
        Assert.NotEqual(0, (await new Mosquitto(again).TryPublishAsync(first, """{"a":4}""")).ExitCode);
        Assert.Equal(2, (await reader.PointsAsync(first.Uuid, "auto~a")).Count);
        Assert.Single(await reader.PointsAsync(second.Uuid, "auto~a"));
    }

    [Theory]
    [InlineData(
        """{"tenants":[{"id":"t1","nmae":"x","users":[{"name":"a","pasword":"b"}]}],"version":1}""",
        "tenants[0].nmae,tenants[0].users[0].pasword,version"
    )]
    [InlineData("""{"tenants":[""", "bootstrap.json")]
    [InlineData("", "bootstrap.json")]
    [InlineData("""{"tenants":[{"name":"no id"}]}""", "id")]
    [InlineData("""{"tenants":[{"id":"t1","devices":[{"uuid":"no uuid"}]}]}""", "uuid")]
    [InlineData("""{"tenants":[{"id":"t1","devices":[{"uuid":"355f6856-e9a4-469f-8f22-3f8b037d064a","key":"%%%"}]}]}""", "key")]
    public async Task A_file_that_is_wrong_is_refused_by_name(string text, string named)
    {
        var file = folder.Write("bootstrap.json", text);

        var run = await CloudProcess.RunToEndAsync(Options with { More = ["--bootstrap", file] });

        Assert.Equal(1, run.ExitCode);
        Assert.All(named.Split(','), name => Assert.Contains(name, run.Errors, StringComparison.Ordinal));
        Assert.Contains(file, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        var run = await CloudProcess.RunToEndAsync(Options with { More = ["--bootstrap", folder.At("missing.json")] });

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("missing.json", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Comments_and_trailing_commas_are_allowed()
    {
        var text = """
            // a cloud
            { "tenants": [ { "id": "t1", /* its */ "name": "Demo", "users": [ { "name": "admin", "password": "first password", }, ], }, ] }
            """;
        await using var cloud = await CloudProcess.StartAsync(Options with { More = ["--bootstrap", folder.Write("b.json", text)] });

        Assert.NotEmpty(await TokenAsync(cloud, Admin));
    }

    public void Dispose() => folder.Dispose();

    private static async Task<string> TokenAsync(CloudProcess cloud, TestUser user)
    {
        using var anonymous = ProficloudClient.WithToken(cloud.Http, null);
        var (_, body) = await anonymous.PostTokenAsync(new JsonObject { ["username"] = user.Name, ["password"] = user.Password });
        return (string)JsonNode.Parse(body)!["access_token"]!;
    }

    private static async Task<JsonNode?> DeviceAsync(CloudProcess cloud, TestDevice device)
    {
        using var management = await ManagementClient.LogInAsync(cloud.Http, Admin);
        return await management.GetAsync($"devices/{device.Uuid}");
    }
}
