using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Dialects.Authentication;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Authentication;

public sealed class AccessTokensTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_proves_its_user_with_the_roles_of_today()
    {
        await using var cloud = await TestCloud.OpenAsync();
        using var keys = new SigningKeys(new DocumentSigningKeys(cloud.Store, cloud.Time), cloud.Time);
        var tokens = new AccessTokens(keys, cloud.One.Users, cloud.Time);
        var pair = await tokens.IssueAsync(TestCloud.Tenant, await AddAsync(cloud), null, Cancellation);
        await cloud.One.Users.ApplyAsync(TestCloud.Tenant, "ann", new UserChange { Roles = [Roles.Reader] }, null, Cancellation);

        var caller = await tokens.FindCallerAsync(pair.Access, Cancellation);

        Assert.Equal((TestCloud.Tenant, "ann"), (caller!.Tenant, caller.User));
        Assert.Equal([Roles.Reader], caller.Roles);
    }

    [Fact]
    public async Task An_access_token_ends_after_a_day_and_a_refresh_token_does_not()
    {
        await using var cloud = await TestCloud.OpenAsync();
        using var keys = new SigningKeys(new DocumentSigningKeys(cloud.Store, cloud.Time), cloud.Time);
        var tokens = new AccessTokens(keys, cloud.One.Users, cloud.Time);
        var pair = await tokens.IssueAsync(TestCloud.Tenant, await AddAsync(cloud), null, Cancellation);

        cloud.Time.Advance(AccessTokens.AccessLife - TimeSpan.FromSeconds(1));
        Assert.NotNull(await tokens.FindCallerAsync(pair.Access, Cancellation));
        cloud.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await tokens.FindCallerAsync(pair.Access, Cancellation));

        cloud.Time.Advance(TimeSpan.FromDays(1000));
        var renewed = await tokens.RefreshAsync(pair.Refresh, Cancellation);
        Assert.Equal(pair.Session, renewed!.Session);
        Assert.NotNull(await tokens.FindCallerAsync(renewed.Access, Cancellation));
    }

    [Fact]
    public async Task Neither_token_is_good_for_the_others_purpose()
    {
        await using var cloud = await TestCloud.OpenAsync();
        using var keys = new SigningKeys(new DocumentSigningKeys(cloud.Store, cloud.Time), cloud.Time);
        var tokens = new AccessTokens(keys, cloud.One.Users, cloud.Time);
        var pair = await tokens.IssueAsync(TestCloud.Tenant, await AddAsync(cloud), null, Cancellation);

        Assert.Null(await tokens.FindCallerAsync(pair.Refresh, Cancellation));
        Assert.Null(await tokens.RefreshAsync(pair.Access, Cancellation));
    }

    [Fact]
    public async Task A_new_password_or_the_users_end_ends_its_tokens()
    {
        await using var cloud = await TestCloud.OpenAsync();
        using var keys = new SigningKeys(new DocumentSigningKeys(cloud.Store, cloud.Time), cloud.Time);
        var tokens = new AccessTokens(keys, cloud.One.Users, cloud.Time);
        var before = await tokens.IssueAsync(TestCloud.Tenant, await AddAsync(cloud), null, Cancellation);
        var changed = await cloud.One.Users.ApplyAsync(
            TestCloud.Tenant,
            "ann",
            new UserChange { Password = "another" },
            null,
            Cancellation
        );

        Assert.Null(await tokens.FindCallerAsync(before.Access, Cancellation));
        Assert.Null(await tokens.RefreshAsync(before.Refresh, Cancellation));

        var after = await tokens.IssueAsync(TestCloud.Tenant, changed.Value, null, Cancellation);
        Assert.NotNull(await tokens.FindCallerAsync(after.Access, Cancellation));
        await cloud.One.Users.DeleteAsync(TestCloud.Tenant, "ann", null, Cancellation);
        Assert.Null(await tokens.FindCallerAsync(after.Access, Cancellation));
        await AddAsync(cloud);
        Assert.Null(await tokens.FindCallerAsync(after.Access, Cancellation));
    }

    [Fact]
    public async Task Rotation_leaves_who_is_logged_in_so_on_every_instance()
    {
        await using var cloud = await TestCloud.OpenAsync();
        using var keys = new SigningKeys(new DocumentSigningKeys(cloud.Store, cloud.Time), cloud.Time);
        using var others = new SigningKeys(new DocumentSigningKeys(cloud.Store, cloud.Time), cloud.Time);
        var user = await AddAsync(cloud);
        var tokens = new AccessTokens(keys, cloud.One.Users, cloud.Time);
        var other = new AccessTokens(others, cloud.One.Users, cloud.Time);
        var before = await tokens.IssueAsync(TestCloud.Tenant, user, null, Cancellation);
        Assert.NotNull(await other.FindCallerAsync(before.Access, Cancellation));

        cloud.Time.Advance(TimeSpan.FromSeconds(6));
        var id = await keys.RotateAsync(Cancellation);
        var after = await tokens.IssueAsync(TestCloud.Tenant, user, null, Cancellation);

        Assert.Contains(id, Encoding.UTF8.GetString(Base64Url.DecodeFromChars(after.Access.Split('.')[0])));
        Assert.NotNull(await tokens.FindCallerAsync(before.Access, Cancellation));
        Assert.NotNull(await other.FindCallerAsync(after.Access, Cancellation));
        Assert.NotNull(await other.FindCallerAsync(before.Access, Cancellation));
    }

    [Fact]
    public async Task The_first_key_is_made_once_by_many_who_ask_at_once()
    {
        await using var cloud = await TestCloud.OpenAsync();
        using var keys = new SigningKeys(new DocumentSigningKeys(cloud.Store, cloud.Time), cloud.Time);

        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await keys.GetCurrentAsync(Cancellation))));

        Assert.Single(all.Select(key => key.KeyId).Distinct());
    }

    [Fact]
    public async Task A_key_of_another_cloud_signs_nothing_here()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await using var foreign = await TestCloud.OpenAsync();
        using var keys = new SigningKeys(new DocumentSigningKeys(cloud.Store, cloud.Time), cloud.Time);
        using var others = new SigningKeys(new DocumentSigningKeys(foreign.Store, foreign.Time), foreign.Time);
        var user = await AddAsync(cloud);
        var tokens = new AccessTokens(keys, cloud.One.Users, cloud.Time);
        var pair = await new AccessTokens(others, foreign.One.Users, foreign.Time).IssueAsync(TestCloud.Tenant, user, null, Cancellation);
        var own = await tokens.IssueAsync(TestCloud.Tenant, user, null, Cancellation);

        Assert.Null(await tokens.FindCallerAsync(pair.Access, Cancellation));

        // Nor under the name of a key that is known here.
        var (header, parts) = (own.Access.Split('.')[0], pair.Access.Split('.'));
        Assert.Null(await tokens.FindCallerAsync($"{header}.{parts[1]}.{parts[2]}", Cancellation));
    }

    [Fact]
    public async Task A_tampered_token_proves_nothing()
    {
        await using var cloud = await TestCloud.OpenAsync();
        using var keys = new SigningKeys(new DocumentSigningKeys(cloud.Store, cloud.Time), cloud.Time);
        var tokens = new AccessTokens(keys, cloud.One.Users, cloud.Time);
        var pair = await tokens.IssueAsync(TestCloud.Tenant, await AddAsync(cloud), null, Cancellation);
        var parts = pair.Access.Split('.');
        var payload = Edited(parts[1], json => json["roles"] = new JsonArray("operator"));
        string[] tampered =
        [
            $"{parts[0]}.{payload}.{parts[2]}",
            $"{parts[0]}.{parts[1]}.",
            $"{parts[0]}.{parts[1]}.{parts[2][..^4]}AAAA",
            $"{Edited(parts[0], json => json["alg"] = "none")}.{parts[1]}.",
            $"{Edited(parts[0], json => json["alg"] = "HS256")}.{parts[1]}.{parts[2]}",
            $"{Edited(parts[0], json => json.Remove("kid"))}.{parts[1]}.{parts[2]}",
            $"{Edited(parts[0], json => json["kid"] = "other")}.{parts[1]}.{parts[2]}",
            $"{parts[0]}.{parts[1]}",
            $"{parts[0]}.{parts[1]}.{parts[2]}.{parts[2]}.{parts[2]}",
        ];

        foreach (var token in tampered)
        {
            Assert.Null(await tokens.FindCallerAsync(token, Cancellation));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("token")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("e30.e30.e30")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.eyJ0eXAiOiJCZWFyZXIifQ.AAAA")]
    public async Task What_is_no_token_proves_nothing(string text)
    {
        await using var cloud = await TestCloud.OpenAsync();
        using var keys = new SigningKeys(new DocumentSigningKeys(cloud.Store, cloud.Time), cloud.Time);
        var tokens = new AccessTokens(keys, cloud.One.Users, cloud.Time);

        Assert.Null(await tokens.FindCallerAsync(text, Cancellation));
        Assert.Null(await tokens.RefreshAsync(text, Cancellation));
    }

    [Fact]
    public async Task A_token_beyond_all_size_is_not_looked_at()
    {
        await using var cloud = await TestCloud.OpenAsync();
        using var keys = new SigningKeys(new DocumentSigningKeys(cloud.Store, cloud.Time), cloud.Time);
        var tokens = new AccessTokens(keys, cloud.One.Users, cloud.Time);
        var pair = await tokens.IssueAsync(TestCloud.Tenant, await AddAsync(cloud), null, Cancellation);
        var parts = pair.Access.Split('.');

        Assert.Null(await tokens.FindCallerAsync($"{parts[0]}.{new string('A', 8192)}.{parts[2]}", Cancellation));
    }

    private static async Task<User> AddAsync(TestCloud cloud) =>
        (
            await cloud.One.Users.ApplyAsync(
                TestCloud.Tenant,
                "ann",
                new UserChange { Password = "secret", Roles = [Roles.User] },
                null,
                Cancellation
            )
        ).Value;

    private static string Edited(string part, Action<JsonObject> edit)
    {
        var json = JsonNode.Parse(Base64Url.DecodeFromChars(part))!.AsObject();
        edit(json);
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
    }
}
