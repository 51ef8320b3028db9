using System.Text;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Authentication;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Authentication;

public sealed class HttpCallersTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_login_name_and_password_are_a_caller()
    {
        await using var cloud = await OpenAsync();
        (string Scheme, string Credentials, bool Good)[] table =
        [
            ("Basic", "ann:secret", true),
            ("basic", "ann:secret", true),
            ("Basic", "t1/ann:secret", true),
            ("Basic", "t2/ann:secret", false),
            ("Basic", "ann:Secret", false),
            ("Basic", "ann:", false),
            ("Basic", "bob:secret", false),
            ("Basic", "annsecret", false),
            ("Basic", "", false),
        ];

        foreach (var (scheme, credentials, good) in table)
        {
            var header = $"{scheme} {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}";
            Assert.Equal((header, good), (header, await FindAsync(cloud, header, bearerOnly: false)));
            Assert.False(await FindAsync(cloud, header, bearerOnly: true));
        }
    }

    [Fact]
    public async Task An_api_token_is_a_caller()
    {
        await using var cloud = await OpenAsync();
        (string Header, bool Good)[] table =
        [
            ("Bearer the-api-token", true),
            ("bearer the-api-token", true),
            ("Bearer  the-api-token ", true),
            ("Bearer the-device-token", false),
            ("Bearer the-api-toke", false),
            ("Bearer", false),
            ("Bearer ", false),
            ("Bearerthe-api-token", false),
            ("the-api-token", false),
            ("Basic the-api-token", false),
            ("Basic %%%", false),
            ("Digest x", false),
            ("", false),
        ];

        foreach (var (header, good) in table)
        {
            Assert.Equal((header, good), (header, await FindAsync(cloud, header, bearerOnly: false)));
            Assert.Equal((header, good), (header, await FindAsync(cloud, header, bearerOnly: true)));
        }
    }

    private static async Task<TestCloud> OpenAsync()
    {
        var cloud = await TestCloud.OpenAsync();
        var change = new UserChange
        {
            Password = "secret",
            ApiToken = "the-api-token",
            DeviceToken = "the-device-token",
        };
        await cloud.One.Users.ApplyAsync(TestCloud.Tenant, "ann", change, null, Cancellation);
        return cloud;
    }

    private static async Task<bool> FindAsync(TestCloud cloud, string header, bool bearerOnly)
    {
        using var keys = new SigningKeys(new DocumentSigningKeys(cloud.Store, cloud.Time), cloud.Time);
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
