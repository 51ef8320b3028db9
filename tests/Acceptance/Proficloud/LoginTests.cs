using System.Net;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Proficloud;

/// <summary>Names that two tenants have.</summary>
[Collection(SharedCloudTests.Name)]
public sealed class LoginTests(SharedCloud shared)
{
    [Fact]
    public async Task A_bare_name_that_two_tenants_have_is_refused_with_a_message_that_says_so()
    {
        var (status, body) = await LogInAsync("twin", SharedCloud.Twins.First.Password);

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Contains("More than one tenant", body, StringComparison.Ordinal);
        Assert.Contains("tenant/user", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_its_tenant_in_front_each_logs_in_by_its_own_password()
    {
        var (first, second) = SharedCloud.Twins;

        Assert.Equal(HttpStatusCode.OK, (await LogInAsync("t1/twin", first.Password)).Status);
        Assert.Equal(HttpStatusCode.OK, (await LogInAsync("t2/twin", second.Password)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await LogInAsync("t1/twin", second.Password)).Status);
        Assert.Equal(HttpStatusCode.OK, (await LogInAsync("t1/admin", SharedCloud.Admin.Password)).Status);
    }

    private async Task<(HttpStatusCode Status, string Body)> LogInAsync(string name, string password)
    {
        using var anonymous = ProficloudClient.WithToken(shared.Cloud.Http, null);
        return await anonymous.PostTokenAsync(new JsonObject { ["username"] = name, ["password"] = password });
    }
}
