using Serverless.Domain;
using Serverless.Domain.Audit;
using Serverless.Domain.Devices;
using Serverless.Domain.Users;
using Serverless.Local.Tests.Sqlite;

namespace Serverless.Local.Tests.Domain.Users;

public sealed class UserCreationTests : IAsyncLifetime
{
    private readonly SqliteFixture sqlite = new();
    private UserDirectory users = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        users = new UserDirectory(sqlite.Store, new AuditLog(sqlite.Store, new DeviceIds(sqlite.Time), sqlite.Time));
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
