using System.Text;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Authentication;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Authentication;

public sealed class HttpCallersTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Basic", "ann:secret", true)]
    [InlineData("basic", "ann:secret", true)]
    [InlineData("Basic", "t1/ann:secret", true)]
    [InlineData("Basic", "t2/ann:secret", false)]
    [InlineData("Basic", "ann:Secret", false)]
    [InlineData("Basic", "ann:", false)]
    [InlineData("Basic", "bob:secret", false)]
    [InlineData("Basic", "annsecret", false)]
    [InlineData("Basic", "", false)]
    public async Task A_login_name_and_password_are_a_caller(string scheme, string credentials, bool good) =>
        Assert.Equal(good, await FindAsync($"{scheme} {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}", bearerOnly: false));

    [Theory]
    [InlineData("Bearer the-api-token", true)]
    [InlineData("bearer the-api-token", true)]
    [InlineData("Bearer  the-api-token ", true)]
    [InlineData("Bearer the-device-token", false)]
    [InlineData("Bearer the-api-toke", false)]
    [InlineData("Bearer", false)]
    [InlineData("Bearer ", false)]
    [InlineData("Bearerthe-api-token", false)]
    [InlineData("the-api-token", false)]
    [InlineData("Basic the-api-token", false)]
    [InlineData("Basic %%%", false)]
    [InlineData("Digest x", false)]
    [InlineData("", false)]
    public async Task An_api_token_is_a_caller(string header, bool good)
    {
        Assert.Equal(good, await FindAsync(header, bearerOnly: false));
        Assert.Equal(good, await FindAsync(header, bearerOnly: true));
    }

    [Fact]
    public async Task A_password_is_no_bearer() =>
        Assert.False(await FindAsync($"Basic {Convert.ToBase64String("ann:secret"u8)}", bearerOnly: true));

    private static async Task<bool> FindAsync(string header, bool bearerOnly)
    {
        await using var cloud = await TestCloud.OpenAsync();
        using var keys = new SigningKeys(cloud.Store, cloud.Time);
        var change = new UserChange
        {
            Password = "secret",
            ApiToken = "the-api-token",
            DeviceToken = "the-device-token",
        };
        await cloud.One.Users.ApplyAsync(TestCloud.Tenant, "ann", change, null, Cancellation);
        var callers = new HttpCallers(new AccessTokens(keys, cloud.One.Users, cloud.Time), cloud.One.Logins, cloud.One.Users);
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = header;
        var caller = bearerOnly
            ? await callers.FindBearerAsync(context.Request, Cancellation)
            : await callers.FindAsync(context.Request, Cancellation);
        Assert.True(caller is null || caller is { Tenant: TestCloud.Tenant, User: "ann" });
        return caller is not null;
    }
}
