using Serverless.Domain;
using Serverless.Domain.Tenants;
using Serverless.Local.Tests.Sqlite;

namespace Serverless.Local.Tests.Domain.Tenants;

public sealed class TenantDirectoryTests : IAsyncLifetime
{
    private readonly SqliteFixture sqlite = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => sqlite.DisposeAsync();

    [Fact]
    public async Task An_update_builds_on_what_another_instance_has_just_written()
    {
        var (here, there) = (Open(), Open());
        await here.CreateAsync(new Tenant { Id = "t" }, Cancellation);
        await here.GetAsync("t", Cancellation);
        await there.UpdateAsync("t", tenant => tenant with { Name = "theirs" }, null, Cancellation);
        var updated = await here.UpdateAsync("t", tenant => tenant with { TimeZone = "Europe/Berlin" }, null, Cancellation);

        Assert.Equal(("theirs", "Europe/Berlin"), (updated.Value.Name, updated.Value.TimeZone));
    }

    [Fact]
    public async Task An_update_of_an_old_version_is_refused()
    {
        var tenants = Open();
        var first = await tenants.CreateAsync(new Tenant { Id = "t" }, Cancellation);
        await tenants.UpdateAsync("t", tenant => tenant with { Name = "new" }, first.ETag, Cancellation);
        var stale = await Assert.ThrowsAsync<DomainException>(() =>
            tenants.UpdateAsync("t", tenant => tenant with { Name = "newer" }, first.ETag, Cancellation)
        );

        Assert.Equal(Refusal.PreconditionFailed, stale.Refusal);
    }

    private TenantDirectory Open() => new(sqlite.Store, sqlite.Time);
}
