using Serverless.Domain;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Users;

public sealed class LoginsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_login_name_is_bare_or_qualified()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddTenantAsync("t2");
        await SetAsync(cloud, "t1", "ann", "secret1");
        await SetAsync(cloud, "t1", "both", "secret1");
        await SetAsync(cloud, "t2", "both", "secret2");
        await cloud.One.Users.ApplyAsync("t1", "tokens", new UserChange { ApiToken = "token" }, null, Cancellation);
        (string Login, string Password, LoginOutcome Outcome, string Tenant)[] table =
        [
            ("ann", "secret1", LoginOutcome.Accepted, "t1"),
            ("t1/ann", "secret1", LoginOutcome.Accepted, "t1"),
            ("t2/ann", "secret1", LoginOutcome.Rejected, ""),
            ("both", "secret1", LoginOutcome.Ambiguous, ""),
            ("t1/both", "secret1", LoginOutcome.Accepted, "t1"),
            ("t2/both", "secret2", LoginOutcome.Accepted, "t2"),
            ("t2/both", "secret1", LoginOutcome.Rejected, ""),
            ("ann", "secret2", LoginOutcome.Rejected, ""),
            ("ann", "", LoginOutcome.Rejected, ""),
            ("Ann", "secret1", LoginOutcome.Rejected, ""),
            ("nobody", "secret1", LoginOutcome.Rejected, ""),
            ("", "", LoginOutcome.Rejected, ""),
            ("/ann", "secret1", LoginOutcome.Rejected, ""),
            ("t1/", "secret1", LoginOutcome.Rejected, ""),
            ("t1/x/ann", "secret1", LoginOutcome.Rejected, ""),
            ("$system/ann", "secret1", LoginOutcome.Rejected, ""),
            ("tokens", "", LoginOutcome.Rejected, ""),
        ];

        foreach (var (login, password, outcome, tenant) in table)
        {
            var result = await cloud.One.Logins.LogInAsync(login, password, Cancellation);
            Assert.Equal(
                (login, password, outcome, tenant, outcome == LoginOutcome.Accepted),
                (login, password, result.Outcome, result.Tenant, result.User is not null)
            );
        }
    }

    [Fact]
    public async Task A_name_is_no_longer_ambiguous_when_the_other_user_is_gone()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddTenantAsync("t2");
        await SetAsync(cloud, "t1", "ann", "secret");
        await SetAsync(cloud, "t2", "ann", "secret");
        await cloud.One.Users.DeleteAsync("t2", "ann", null, Cancellation);

        Assert.Equal("t1", (await cloud.One.Logins.LogInAsync("ann", "secret", Cancellation)).Tenant);
    }

    [Fact]
    public async Task What_is_remembered_ends_with_the_password_and_with_the_user()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await SetAsync(cloud, "t1", "ann", "first");
        Assert.Equal(LoginOutcome.Accepted, (await cloud.One.Logins.LogInAsync("ann", "first", Cancellation)).Outcome);

        await SetAsync(cloud, "t1", "ann", "second");
        Assert.Equal(LoginOutcome.Rejected, (await cloud.One.Logins.LogInAsync("ann", "first", Cancellation)).Outcome);
        Assert.Equal(LoginOutcome.Accepted, (await cloud.One.Logins.LogInAsync("ann", "second", Cancellation)).Outcome);

        await cloud.One.Users.DeleteAsync("t1", "ann", null, Cancellation);
        Assert.Equal(LoginOutcome.Rejected, (await cloud.One.Logins.LogInAsync("ann", "second", Cancellation)).Outcome);
    }

    [Fact]
    public async Task A_client_logs_in_by_its_id_alone()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddTenantAsync("t2");
        await cloud.One.Clients.ApplyAsync("t1", "c1", "secret", Cancellation);

        Assert.Equal("t1", await cloud.One.Logins.LogInClientAsync("c1", "secret", Cancellation));
        Assert.Null(await cloud.One.Logins.LogInClientAsync("c1", "Secret", Cancellation));
        Assert.Null(await cloud.One.Logins.LogInClientAsync("c2", "secret", Cancellation));
        await Assert.ThrowsAsync<DomainException>(() => cloud.One.Clients.ApplyAsync("t2", "c1", "mine", Cancellation));
        await Assert.ThrowsAsync<DomainException>(() => cloud.One.Clients.DeleteAsync("t2", "c1", Cancellation));

        await cloud.One.Clients.ApplyAsync("t1", "c1", "other", Cancellation);
        Assert.Null(await cloud.One.Logins.LogInClientAsync("c1", "secret", Cancellation));
        Assert.Equal("t1", await cloud.One.Logins.LogInClientAsync("c1", "other", Cancellation));
        await cloud.One.Clients.DeleteAsync("t1", "c1", Cancellation);
        Assert.Null(await cloud.One.Logins.LogInClientAsync("c1", "other", Cancellation));
    }

    private static async Task SetAsync(TestCloud cloud, string tenant, string name, string password) =>
        await cloud.One.Users.ApplyAsync(tenant, name, new UserChange { Password = password }, null, Cancellation);
}
