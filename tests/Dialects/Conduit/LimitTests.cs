using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Conduit;

/// <summary>How often a token may ask, under a clock that a test moves.</summary>
public sealed class LimitTests
{
    private const string TooMany = """429 {"code":"429","error":"Too Many Requests"}""";
    private const string Plain = """{"id":"A1","ch":1,"value":1}""";

    [Fact]
    public async Task A_token_reads_once_in_15_seconds_whichever_version_and_instance_it_asks()
    {
        await using var server = await ConduitServer.StartAsync(new ConduitSettings());
        await server.AddInstanceAsync();
        Assert.Equal("304", (await server.GetAsync("/conduitv6")).ToString());
        server.Cloud.Time.Advance(TimeSpan.FromSeconds(1.5));
        foreach (var (path, instance) in new[] { ("/conduitv6", 0), ("/conduitv6", 1), ("/conduitv4", 1), ("/conduitv7", 0) })
        {
            var reply = await server.GetAsync(path, instance: instance);
            Assert.Equal(TooMany, reply.ToString());
            Assert.Equal("14", reply.Headers["Retry-After"]);
        }

        server.Cloud.Time.Advance(TimeSpan.FromSeconds(13.49));
        Assert.Equal(TooMany, (await server.GetAsync("/conduitv6", instance: 1)).ToString());
        server.Cloud.Time.Advance(TimeSpan.FromSeconds(0.01));
        Assert.Equal("304", (await server.GetAsync("/conduitv6", instance: 1)).ToString());
        Assert.Equal(TooMany, (await server.GetAsync("/conduitv6", instance: 0)).ToString());
    }

    [Fact]
    public async Task Of_requests_that_come_at_once_to_two_instances_one_is_let_in()
    {
        await using var server = await ConduitServer.StartAsync(new ConduitSettings());
        await server.AddInstanceAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => server.GetAsync("/conduitv6", instance: i % 2)));
        Assert.Equal(["304", .. Enumerable.Repeat(TooMany, 7)], replies.Select(reply => reply.ToString()).Order());
    }

    [Fact]
    public async Task Each_token_has_a_limit_of_its_own_and_a_user_one_for_all_its_other_tokens()
    {
        await using var server = await ConduitServer.StartAsync(new ConduitSettings());
        await server.AddUserAsync("bob", "bobs-token");
        Assert.Equal("304", (await server.GetAsync("/conduitv6")).ToString());
        Assert.Equal("304", (await server.GetAsync("/conduitv6", "bobs-token")).ToString());
        Assert.Equal(TooMany, (await server.GetAsync("/conduitv6", "bobs-token")).ToString());
        var bob = (await server.One.Users.FindAsync(TestCloud.Tenant, "bob", ConduitServer.Cancellation))!.Value;
        var one = await server.Tokens.IssueAsync(TestCloud.Tenant, bob, null, ConduitServer.Cancellation);
        var two = await server.Tokens.IssueAsync(TestCloud.Tenant, bob, null, ConduitServer.Cancellation);
        Assert.Equal("304", (await server.GetAsync("/conduitv6", one.Access)).ToString());
        Assert.Equal(TooMany, (await server.GetAsync("/conduitv6", two.Access)).ToString());
    }

    [Fact]
    public async Task The_key_in_the_store_is_not_the_token()
    {
        await using var server = await ConduitServer.StartAsync(new ConduitSettings());
        var keys = new List<string>();
        server.Cloud.Store.BeforeCommit = (_, writes) =>
        {
            keys.AddRange(writes.Select(write => write.Id));
            return Task.CompletedTask;
        };
        await server.GetAsync("/conduitv6");
        Assert.Equal([$"conduit-{TokenHash.Of(ConduitServer.Token)}"], keys);
    }

    [Fact]
    public async Task Refused_callers_take_nothing_of_the_limit()
    {
        await using var server = await ConduitServer.StartAsync(new ConduitSettings());
        await server.AddUserAsync("bob", "bobs-token", http: false);
        Assert.Equal(403, (await server.GetAsync("/conduitv6", "bobs-token")).Status);
        await server.AddUserAsync("bob", "bobs-token");
        Assert.Equal("304", (await server.GetAsync("/conduitv6", "bobs-token")).ToString());
    }

    [Fact]
    public async Task Writes_have_a_limit_of_their_own()
    {
        await using var server = await ConduitServer.StartAsync(new ConduitSettings { WritesPerSecond = 2 });
        await server.AddUserAsync("bob", "bobs-token");
        Assert.Equal(200, (await server.PostAsync("/conduitv6", Plain)).Status);
        server.Cloud.Time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(200, (await server.SendAsync("POST", "/conduitv4/post?netid=A1&chid=1&value=2")).Status);
        var third = await server.PostAsync("/conduitv6", Plain);
        Assert.Equal((TooMany, "1"), (third.ToString(), third.Headers["Retry-After"]));
        Assert.Equal(200, (await server.PostAsync("/conduitv6", Plain, "bobs-token")).Status);
        Assert.Equal(200, (await server.GetAsync("/conduitv6")).Status);
        server.Cloud.Time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(200, (await server.PostAsync("/conduitv6", Plain)).Status);
    }
}
