using Serverless.Domain;
using Serverless.Domain.Documents;
using Serverless.Domain.Series;
using Serverless.Domain.Tenants;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Tenants;

public sealed class DatabaseDirectoryTests
{
    private const long Hour = 3_600_000_000_000;
    private const long Day = 24 * Hour;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_tenant_has_the_devices_database_first()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.One.Databases.CreateAsync("t1", "b", null, Cancellation);
        cloud.Time.Advance(TimeSpan.FromSeconds(1));
        await cloud.One.Databases.CreateAsync("t1", "a", null, Cancellation);

        Assert.Equal(["iot", "b", "a"], (await cloud.One.Databases.ListAsync("t1", Cancellation)).Select(database => database.Name));
        var policy = (await cloud.One.Databases.GetAsync("t1", "iot", Cancellation)).FindPolicy(null)!;
        Assert.Equal(("autogen", 0, 7 * Day, "iot"), (policy.Name, policy.Duration, policy.ShardDuration, policy.Partition));
    }

    [Fact]
    public async Task A_database_made_on_one_instance_is_there_on_another_and_no_other_tenants()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var other = cloud.Instance().Databases;
        Assert.Null(await other.FindAsync("t1", "new", Cancellation));
        await cloud.One.Databases.CreateAsync("t1", "new", null, Cancellation);

        Assert.Equal("new", (await other.FindAsync("t1", "new", Cancellation))!.FindPolicy("autogen")!.Partition);
        Assert.Null(await other.FindAsync("t2", "new", Cancellation));
    }

    [Fact]
    public async Task Making_a_database_again_changes_nothing_and_another_policy_conflicts()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var databases = cloud.One.Databases;
        var asked = new NewRetentionPolicy("x", 30 * Day, 2);
        await databases.CreateAsync("t1", "d", asked, Cancellation);
        foreach (var same in new[] { null, asked, asked with { Duration = null }, asked with { ShardDuration = Day } })
        {
            await databases.CreateAsync("t1", "d", same, Cancellation);
        }

        var policy = Assert.Single((await databases.GetAsync("t1", "d", Cancellation)).Policies);
        Assert.Equal(("x", 30 * Day, Day, 2), (policy.Name, policy.Duration, policy.ShardDuration, policy.Replication));
        const string Conflict = "retention policy conflicts with an existing policy";
        await RefusedAsync(Conflict, () => databases.CreateAsync("t1", "d", asked with { Duration = Day }, Cancellation));
        await RefusedAsync(Conflict, () => databases.CreateAsync("t1", "d", asked with { Name = null }, Cancellation));
    }

    [Theory]
    [InlineData("", "invalid name")]
    [InlineData("a/b", "invalid name")]
    [InlineData("a\\b", "invalid name")]
    [InlineData("..", "invalid name")]
    [InlineData("a\u0001", "invalid name")]
    public async Task A_name_may_not_be_a_path(string name, string error)
    {
        await using var cloud = await TestCloud.OpenAsync();

        await RefusedAsync(error, () => cloud.One.Databases.CreateAsync("t1", name, null, Cancellation));
        await RefusedAsync(error, () => cloud.One.Databases.CreatePolicyAsync("t1", "iot", new(name), false, Cancellation));
        await RefusedAsync("name too long", () => cloud.One.Databases.CreateAsync("t1", new string('ä', 128), null, Cancellation));
    }

    [Theory]
    [InlineData(59 * Hour / 60, 0, "retention policy duration must be at least 1h0m0s")]
    [InlineData(2 * Hour, 3 * Hour, "retention policy duration must be greater than the shard duration")]
    public async Task Durations_must_fit(long duration, long shard, string error)
    {
        await using var cloud = await TestCloud.OpenAsync();
        var asked = new NewRetentionPolicy("p", duration, 1, shard);
        await cloud.One.Databases.CreatePolicyAsync("t1", "iot", new NewRetentionPolicy("there", 10 * Day), false, Cancellation);

        await RefusedAsync(error, () => cloud.One.Databases.CreatePolicyAsync("t1", "iot", asked, false, Cancellation));
        await RefusedAsync(error, () => cloud.One.Databases.CreateAsync("t1", "d", asked, Cancellation));
        var change = new RetentionPolicyChange(duration, null, shard);
        await RefusedAsync(error, () => cloud.One.Databases.AlterPolicyAsync("t1", "iot", "there", change, Cancellation));
    }

    [Fact]
    public async Task A_policy_is_made_changed_and_made_the_default()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var databases = cloud.One.Databases;
        await databases.CreateAsync("t1", "d", null, Cancellation);
        await databases.CreatePolicyAsync("t1", "d", new NewRetentionPolicy("p", 10 * Day), false, Cancellation);
        await databases.CreatePolicyAsync("t1", "d", new NewRetentionPolicy("p", 10 * Day), false, Cancellation);
        await databases.AlterPolicyAsync("t1", "d", "p", new RetentionPolicyChange(400 * Day, 3, 0, true), Cancellation);

        var database = await databases.GetAsync("t1", "d", Cancellation);
        Assert.Equal(["autogen d", "p d/p"], database.Policies.Select(policy => $"{policy.Name} {policy.Partition}"));
        var changed = database.FindPolicy(null)!;
        Assert.Equal(("p", 400 * Day, 7 * Day, 3), (changed.Name, changed.Duration, changed.ShardDuration, changed.Replication));
        await RefusedAsync(
            "retention policy already exists",
            () => databases.CreatePolicyAsync("t1", "d", new NewRetentionPolicy("p", Day), false, Cancellation)
        );
        var none = new RetentionPolicyChange(Day);
        await RefusedAsync("retention policy not found: q", () => databases.AlterPolicyAsync("t1", "d", "q", none, Cancellation));
        await RefusedAsync("database not found: e", () => databases.AlterPolicyAsync("t1", "e", "q", none, Cancellation));
    }

    [Fact]
    public async Task The_devices_database_and_policy_stay()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var databases = cloud.One.Databases;
        await databases.CreatePolicyAsync("t1", "iot", new NewRetentionPolicy("p"), false, Cancellation);
        await databases.AlterPolicyAsync("t1", "iot", "autogen", new RetentionPolicyChange(10 * Day), Cancellation);

        await RefusedAsync(
            "database iot holds the telemetry of devices and cannot be dropped",
            () => databases.DropAsync("t1", "iot", Cancellation)
        );
        await RefusedAsync(
            "retention policy autogen on iot holds the telemetry of devices and cannot be dropped",
            () => databases.DropPolicyAsync("t1", "iot", "autogen", Cancellation)
        );
        await RefusedAsync(
            "retention policy autogen stays the default of iot: the telemetry of devices goes there",
            () => databases.AlterPolicyAsync("t1", "iot", "p", new RetentionPolicyChange(Default: true), Cancellation)
        );
        Assert.Equal(10 * Day, (await databases.GetAsync("t1", "iot", Cancellation)).FindPolicy("autogen")!.Duration);
    }

    [Fact]
    public async Task What_was_dropped_comes_back_empty_even_for_an_instance_that_has_not_heard_of_it()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var databases = cloud.One.Databases;
        await databases.CreateAsync("t1", "d", null, Cancellation);
        await databases.CreatePolicyAsync("t1", "d", new NewRetentionPolicy("p"), false, Cancellation);
        await WriteAsync(cloud, "d", "d/p");
        await databases.DropPolicyAsync("t1", "d", "p", Cancellation);
        await databases.DropAsync("t1", "d", Cancellation);
        await databases.DropAsync("t1", "d", Cancellation);
        Assert.Null(await databases.FindAsync("t1", "d", Cancellation));
        await WriteAsync(cloud, "d", "d/p");

        await databases.CreateAsync("t1", "d", null, Cancellation);
        await databases.CreatePolicyAsync("t1", "d", new NewRetentionPolicy("p"), false, Cancellation);
        var partitions = (await databases.GetAsync("t1", "d", Cancellation)).Policies.Select(policy => policy.Partition).ToList();
        Assert.Equal(["d//2", "d/p/2"], partitions);
        Assert.Equal(0, await SeriesAsync(cloud, partitions));

        cloud.Time.Advance(TimeSpan.FromMinutes(11));
        await cloud.One.Retention.EnforceAsync(Cancellation);
        Assert.Equal(0, await SeriesAsync(cloud, ["d", "d/p"]));
        await databases.CreatePolicyAsync("t1", "d", new NewRetentionPolicy("p2"), false, Cancellation);
        await databases.DropPolicyAsync("t1", "d", "p", Cancellation);
        await databases.CreatePolicyAsync("t1", "d", new NewRetentionPolicy("p"), false, Cancellation);
        Assert.Equal("d/p", (await databases.GetAsync("t1", "d", Cancellation)).FindPolicy("p")!.Partition);
    }

    [Fact]
    public async Task A_database_that_is_dropped_while_it_is_read_is_not_remembered()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var databases = cloud.One.Databases;
        await databases.CreateAsync("t1", "d", null, Cancellation);
        cloud.Store.AfterGet = async _ =>
        {
            cloud.Store.AfterGet = _ => Task.CompletedTask;
            await databases.DropAsync("t1", "d", Cancellation);
        };
        Assert.NotNull(await databases.FindAsync("t1", "d", Cancellation));

        Assert.Null(await databases.FindAsync("t1", "d", Cancellation));
    }

    [Fact]
    public async Task A_dropped_database_leaves_no_document_once_it_is_released()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.One.Databases.CreateAsync("t1", "d", null, Cancellation);
        await cloud.One.Databases.DropAsync("t1", "d", Cancellation);
        var all = new DocumentQuery("t1", Kinds.Database);
        Assert.Equal(1, await cloud.Store.CountAsync(all, Cancellation));
        cloud.Time.Advance(TimeSpan.FromMinutes(11));
        await cloud.One.Retention.EnforceAsync(Cancellation);

        Assert.Equal(0, await cloud.Store.CountAsync(all, Cancellation));
    }

    [Fact]
    public async Task Two_instances_that_change_one_database_both_have_their_way()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var other = cloud.Instance().Databases;
        cloud.Store.OnceBefore(
            Kinds.Database,
            () => other.CreatePolicyAsync("t1", "iot", new NewRetentionPolicy("theirs"), false, Cancellation)
        );
        await cloud.One.Databases.CreatePolicyAsync("t1", "iot", new NewRetentionPolicy("ours"), false, Cancellation);

        var policies = (await cloud.One.Databases.GetAsync("t1", "iot", Cancellation)).Policies.Select(policy => policy.Name);
        Assert.Equal(["autogen", "theirs", "ours"], policies);
    }

    [Fact]
    public async Task Points_beyond_their_policy_are_erased()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.One.Databases.CreateAsync("t1", "d", new NewRetentionPolicy(Duration: 2 * Hour), Cancellation);
        await WriteAsync(cloud, "d", "iot");
        var policy = (await cloud.One.Databases.GetAsync("t1", "d", Cancellation)).FindPolicy(null)!;
        cloud.Time.Advance(TimeSpan.FromHours(2));
        await cloud.One.Retention.EnforceAsync(Cancellation);
        Assert.Equal(2, await SeriesAsync(cloud, ["d", "iot"]));
        Assert.Equal(Nanoseconds(cloud) - (2 * Hour), policy.Cutoff(cloud.Time.GetUtcNow()));

        cloud.Time.Advance(TimeSpan.FromSeconds(1));
        await cloud.One.Retention.EnforceAsync(Cancellation);
        Assert.Equal(1, await SeriesAsync(cloud, ["d", "iot"]));
    }

    private static long Nanoseconds(TestCloud cloud) => (cloud.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    private static async Task WriteAsync(TestCloud cloud, params string[] partitions)
    {
        var point = new Point("m", TagSet.Of("a", "b"), "v", Nanoseconds(cloud), FieldValue.Of(1.0));
        foreach (var partition in partitions)
        {
            await cloud.Series.WriteAsync("t1", partition, [point], Cancellation);
        }
    }

    private static async Task<int> SeriesAsync(TestCloud cloud, IEnumerable<string> partitions)
    {
        var count = 0;
        foreach (var partition in partitions)
        {
            count += (await cloud.Series.FindSeriesAsync("t1", partition, null, null, Cancellation)).Count;
        }

        return count;
    }

    private static async Task RefusedAsync(string error, Func<Task> act) =>
        Assert.Equal(error, (await Assert.ThrowsAsync<DomainException>(act)).Message);
}
