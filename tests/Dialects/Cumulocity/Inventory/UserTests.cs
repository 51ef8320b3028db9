using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Inventory;

/// <summary>The users of a tenant, as programs that register devices read and delete them.</summary>
public sealed class UserTests : IAsyncLifetime
{
    private const string Users = $"/user/{TestCloud.Tenant}/users";

    private InventoryServer server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await InventoryServer.StartAsync();
        await server.AddUserAsync("rita", Roles.Reader);
        await server.AddUserAsync("root", Roles.Operator);
        await server.One.Users.SetDeviceAsync(TestCloud.Tenant, "device_SN-1", InventoryServer.Password, Cancellation);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("", "admin,rita,root")]
    [InlineData("?onlyDevices=true", "device_SN-1")]
    [InlineData("?username=R", "rita,root")]
    [InlineData("?usernameContains=IT", "rita")]
    [InlineData("?owner=admin", "")]
    [InlineData("?pageSize=1&currentPage=2&withTotalPages=true", "rita")]
    public async Task Users_are_listed(string query, string names)
    {
        var page = await server.GetAsync(Users + query);

        Assert.Equal(names, string.Join(',', page["users"]!.AsArray().Select(user => (string)user!["userName"]!)));
        Assert.Equal(query.Contains("Total", StringComparison.Ordinal) ? 3 : null, (int?)page["statistics"]!["totalPages"]);
    }

    [Fact]
    public async Task A_user_is_read_by_admins_and_by_himself()
    {
        var rita = await server.GetAsync($"{Users}/rita");

        Assert.Equal(
            ("rita", true),
            ((string)rita["id"]!, ((string)rita["self"]!).EndsWith("/user/t1/users/rita", StringComparison.Ordinal))
        );
        Assert.Contains(rita["roles"]!["references"]!.AsArray(), reference => (string)reference!["role"]!["id"]! == "ROLE_INVENTORY_READ");
        Assert.Equal(200, (await server.AskAsync("GET", $"{Users}/rita", user: "rita")).Status);
        Assert.Equal(403, (await server.AskAsync("GET", $"{Users}/admin", user: "rita")).Status);
        Assert.Equal(403, (await server.AskAsync("GET", Users, user: "rita")).Status);
        Assert.Equal(403, (await server.AskAsync("GET", "/user/t2/users/rita")).Status);
        Assert.Equal(404, (await server.AskAsync("GET", $"{Users}/nobody")).Status);
        Assert.Equal(422, (await server.AskAsync("GET", $"{Users}?username=a&usernameContains=b")).Status);
    }

    [Fact]
    public async Task A_deleted_user_is_gone_with_his_profile()
    {
        await server.AskAsync("PUT", "/user/currentUser", """{"firstName":"Rita"}""", user: "rita");

        Assert.Equal(204, (await server.AskAsync("DELETE", $"{Users}/device_SN-1")).Status);
        Assert.Equal(204, (await server.AskAsync("DELETE", $"{Users}/rita")).Status);

        Assert.Equal(404, (await server.AskAsync("DELETE", $"{Users}/rita")).Status);
        Assert.Equal(401, (await server.AskAsync("GET", "/user/currentUser", user: "rita")).Status);
        await server.AddUserAsync("rita", Roles.Reader);
        Assert.Equal("", (string)(await server.GetAsync($"{Users}/rita"))["firstName"]!);
    }

    [Theory]
    [InlineData("admin", "admin")]
    [InlineData("admin", "root")]
    [InlineData("rita", "device_SN-1")]
    public async Task Nobody_deletes_himself_or_one_who_may_more(string caller, string user) =>
        Assert.Equal(403, (await server.AskAsync("DELETE", $"{Users}/{user}", user: caller)).Status);
}
