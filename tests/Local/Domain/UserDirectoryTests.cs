using Serverless.Domain;
using Serverless.Domain.Users;
using Serverless.Local.Tests.Sqlite;

namespace Serverless.Local.Tests.Domain;

public sealed class UserDirectoryTests : IAsyncLifetime
{
    private readonly SqliteFixture sqlite = new();
    private UserDirectory users = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        users = new UserDirectory(sqlite.Store);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => sqlite.DisposeAsync();

    [Fact]
    public async Task A_name_is_created_once()
    {
        await users.CreateAsync("t", "ann", new UserChange(), Cancellation);
        var second = await Assert.ThrowsAsync<DomainException>(() => users.CreateAsync("t", "ann", new UserChange(), Cancellation));

        Assert.Equal((Refusal.Exists, "name"), (second.Refusal, second.Member));
    }

    [Fact]
    public async Task The_same_name_in_two_tenants_is_ambiguous_until_one_is_deleted()
    {
        await users.CreateAsync("s", "ann", new UserChange(), Cancellation);
        await users.CreateAsync("t", "ann", new UserChange { Password = "secret" }, Cancellation);
        var logins = new Logins(users, sqlite.Store, sqlite.Time);

        Assert.Equal(LoginOutcome.Ambiguous, (await logins.LogInAsync("ann", "secret", Cancellation)).Outcome);
        Assert.Equal(LoginOutcome.Accepted, (await logins.LogInAsync("t/ann", "secret", Cancellation)).Outcome);
        await users.DeleteAsync("s", "ann", null, Cancellation);
        Assert.Equal("t", (await logins.LogInAsync("ann", "secret", Cancellation)).Tenant);
    }

    [Fact]
    public async Task A_token_opens_only_what_it_is_for_and_until_it_is_replaced()
    {
        await users.CreateAsync("t", "ann", new UserChange { ApiToken = "first" }, Cancellation);
        Assert.NotNull(await users.FindByTokenAsync("first", TokenPurpose.Api, Cancellation));
        Assert.Null(await users.FindByTokenAsync("first", TokenPurpose.Device, Cancellation));

        await users.UpdateAsync("t", "ann", new UserChange { ApiToken = "second" }, null, Cancellation);

        Assert.Null(await users.FindByTokenAsync("first", TokenPurpose.Api, Cancellation));
        Assert.NotNull(await users.FindByTokenAsync("second", TokenPurpose.Api, Cancellation));
    }

    [Fact]
    public async Task A_change_of_nothing_writes_nothing()
    {
        var change = new UserChange
        {
            Password = "secret",
            Roles = [Roles.User],
            ApiToken = "token",
        };
        var first = await users.ApplyAsync("t", "ann", change, null, Cancellation);
        var second = await users.ApplyAsync("t", "ann", change, null, Cancellation);

        Assert.Equal(first.ETag, second.ETag);
    }

    [Fact]
    public async Task A_new_password_makes_a_new_stamp_and_the_same_one_does_not()
    {
        var first = await users.CreateAsync("t", "ann", new UserChange { Password = "secret" }, Cancellation);
        var same = await users.UpdateAsync("t", "ann", new UserChange { Password = "secret", MqttUser = "m" }, null, Cancellation);
        var other = await users.UpdateAsync("t", "ann", new UserChange { Password = "other" }, null, Cancellation);

        Assert.Equal(first.Value.Stamp, same.Value.Stamp);
        Assert.NotEqual(first.Value.Stamp, other.Value.Stamp);
    }

    [Fact]
    public async Task An_update_makes_no_user()
    {
        var refused = await Assert.ThrowsAsync<DomainException>(() => users.UpdateAsync("t", "ann", new UserChange(), null, Cancellation));

        Assert.Equal(Refusal.NotFound, refused.Refusal);
    }
}
