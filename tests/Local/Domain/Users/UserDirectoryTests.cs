using Serverless.Domain;
using Serverless.Domain.Documents;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Users;

public sealed class UserDirectoryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TokenPurpose.Api)]
    [InlineData(TokenPurpose.Device)]
    [InlineData(TokenPurpose.Conduit)]
    public async Task A_token_is_found_for_its_purpose_and_no_other(TokenPurpose purpose)
    {
        await using var cloud = await TestCloud.OpenAsync();
        await ApplyAsync(cloud, "ann", Tokens("api-token", "device-token", "conduit-token"));
        var token = $"{purpose.ToString().ToLowerInvariant()}-token";

        Assert.Equal("ann", (await cloud.One.Users.FindByTokenAsync(token, purpose, Cancellation))?.User.Name);
        foreach (var other in Enum.GetValues<TokenPurpose>().Where(other => other != purpose))
        {
            Assert.Null(await cloud.One.Users.FindByTokenAsync(token, other, Cancellation));
        }
    }

    [Fact]
    public async Task A_rotated_or_removed_token_opens_nothing_and_leaves_nothing()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await ApplyAsync(cloud, "ann", Tokens("first", "device", "conduit"));
        await ApplyAsync(cloud, "ann", new UserChange { ApiToken = "second", DeviceToken = "" });

        Assert.Null(await cloud.One.Users.FindByTokenAsync("first", TokenPurpose.Api, Cancellation));
        Assert.Null(await cloud.One.Users.FindByTokenAsync("device", TokenPurpose.Device, Cancellation));
        Assert.NotNull(await cloud.One.Users.FindByTokenAsync("second", TokenPurpose.Api, Cancellation));
        Assert.NotNull(await cloud.One.Users.FindByTokenAsync("conduit", TokenPurpose.Conduit, Cancellation));
        Assert.Equal(2, await CountAsync(cloud, Kinds.Token));

        await cloud.One.Users.DeleteAsync(TestCloud.Tenant, "ann", null, Cancellation);
        Assert.Null(await cloud.One.Users.FindByTokenAsync("second", TokenPurpose.Api, Cancellation));
        Assert.Equal((0, 0), (await CountAsync(cloud, Kinds.Token), await CountAsync(cloud, Kinds.Login)));
    }

    [Fact]
    public async Task A_token_of_another_user_is_refused_and_stays_the_others()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await ApplyAsync(cloud, "ann", new UserChange { ApiToken = "shared" });

        var refused = await Assert.ThrowsAsync<DomainException>(() => ApplyAsync(cloud, "bob", new UserChange { ApiToken = "shared" }));
        await Assert.ThrowsAsync<DomainException>(() => ApplyAsync(cloud, "bob", new UserChange { DeviceToken = "shared" }));

        Assert.Equal(Refusal.Exists, refused.Refusal);
        Assert.DoesNotContain("shared", refused.Message);
        Assert.Equal("ann", (await cloud.One.Users.FindByTokenAsync("shared", TokenPurpose.Api, Cancellation))?.User.Name);
        Assert.Null(await cloud.One.Users.FindAsync(TestCloud.Tenant, "bob", Cancellation));
    }

    [Fact]
    public async Task One_token_serves_one_purpose()
    {
        await using var cloud = await TestCloud.OpenAsync();

        await Assert.ThrowsAsync<DomainException>(() =>
            ApplyAsync(cloud, "ann", new UserChange { ApiToken = "same", DeviceToken = "same" })
        );
    }

    [Fact]
    public async Task A_token_that_a_write_left_behind_is_nobodys_and_may_be_taken()
    {
        await using var cloud = await TestCloud.OpenAsync();
        cloud.Store.BeforeCommit = (partition, _) =>
            partition == TestCloud.Tenant ? throw new StoreUnavailableException("away") : Task.CompletedTask;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => ApplyAsync(cloud, "ann", new UserChange { ApiToken = "left" }));
        cloud.Store.ComeBack();

        Assert.Null(await cloud.One.Users.FindByTokenAsync("left", TokenPurpose.Api, Cancellation));
        await ApplyAsync(cloud, "bob", new UserChange { ApiToken = "left" });
        Assert.Equal("bob", (await cloud.One.Users.FindByTokenAsync("left", TokenPurpose.Api, Cancellation))?.User.Name);
    }

    [Fact]
    public async Task No_secret_is_stored_as_it_is()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var stored = new List<string>();
        cloud.Store.BeforeCommit = (_, writes) =>
        {
            stored.AddRange(writes.Select(write => write.Id + System.Text.Encoding.UTF8.GetString(write.Body.Span)));
            return Task.CompletedTask;
        };

        await ApplyAsync(cloud, "ann", Tokens("secret-a", "secret-d", "secret-c") with { Password = "secret-p" });
        await cloud.One.Clients.ApplyAsync(TestCloud.Tenant, "c1", "secret-s", Cancellation);

        Assert.NotEmpty(stored);
        Assert.DoesNotContain(stored, text => text.Contains("secret-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_changes_nothing_writes_nothing_and_members_left_out_stay()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var change = Tokens("api-token", "device-token", "conduit-token") with
        {
            Password = "secret",
            Roles = [Roles.Admin],
            MqttUser = "m",
        };
        var first = await ApplyAsync(cloud, "ann", change);

        Assert.Equal(first.ETag, (await ApplyAsync(cloud, "ann", change)).ETag);
        Assert.Equal(first.ETag, (await ApplyAsync(cloud, "ann", new UserChange())).ETag);

        var roles = (await ApplyAsync(cloud, "ann", new UserChange { Roles = [Roles.Reader] })).Value;
        Assert.Equal((first.Value.Password, first.Value.Stamp, "m"), (roles.Password, roles.Stamp, roles.MqttUser));
        Assert.Equal(first.Value.Conduit, roles.Conduit);
        var password = (await ApplyAsync(cloud, "ann", new UserChange { Password = "another" })).Value;
        Assert.NotEqual(first.Value.Stamp, password.Stamp);
    }

    [Theory]
    [InlineData("", "pass", "user", "name")]
    [InlineData("a/b", "pass", "user", "name")]
    [InlineData("ann", "abc", "user", "password")]
    [InlineData("ann", "pass", "king", "roles")]
    public async Task What_is_wrong_is_named(string name, string password, string role, string member)
    {
        await using var cloud = await TestCloud.OpenAsync();

        var refused = await Assert.ThrowsAsync<DomainException>(() =>
            ApplyAsync(cloud, name, new UserChange { Password = password, Roles = [role] })
        );

        Assert.Equal((Refusal.Invalid, member), (refused.Refusal, refused.Member));
    }

    [Fact]
    public async Task A_version_that_is_not_the_one_seen_is_refused()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var old = await ApplyAsync(cloud, "ann", new UserChange { Password = "secret" });
        await ApplyAsync(cloud, "ann", new UserChange { Roles = [Roles.User] });

        var changed = await Assert.ThrowsAsync<DomainException>(() =>
            cloud.One.Users.ApplyAsync(TestCloud.Tenant, "ann", new UserChange { Password = "other" }, old.ETag, Cancellation)
        );
        var deleted = await Assert.ThrowsAsync<DomainException>(() =>
            cloud.One.Users.DeleteAsync(TestCloud.Tenant, "ann", old.ETag, Cancellation)
        );
        var missing = await Assert.ThrowsAsync<DomainException>(() =>
            cloud.One.Users.DeleteAsync(TestCloud.Tenant, "bob", null, Cancellation)
        );

        Assert.Equal(
            (Refusal.PreconditionFailed, Refusal.PreconditionFailed, Refusal.NotFound),
            (changed.Refusal, deleted.Refusal, missing.Refusal)
        );
    }

    private static Task<Stored<User>> ApplyAsync(TestCloud cloud, string name, UserChange change) =>
        cloud.One.Users.ApplyAsync(TestCloud.Tenant, name, change, null, Cancellation);

    private static UserChange Tokens(string api, string device, string conduit) =>
        new()
        {
            ApiToken = api,
            DeviceToken = device,
            Conduit = new ConduitChange(conduit, Http: true),
        };

    private static async Task<int> CountAsync(TestCloud cloud, string kind) =>
        (int)await cloud.Store.CountAsync(new DocumentQuery(Partitions.System, kind), Cancellation);
}
