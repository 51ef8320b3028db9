using System.Text;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Entra.Support;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Entra;

/// <summary>Tokens of Entra ID on every API, beside the API's own.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class EntraTests(EntraCloud cloud) : IClassFixture<EntraCloud>
{
    public static TheoryData<string> Apis => [.. Api.All.Select(api => api.Name)];

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public void Every_dialect_is_asked()
    {
        var folders = Directory.GetDirectories(Repository.At("functions", "Dialects")).Select(Path.GetFileName);

        Assert.Equal(Api.All.Select(api => api.Name).Order(), folders.Except(["Authentication", "Http", "bin", "obj"]).Order());
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task A_good_token_of_either_version_is_taken(string api)
    {
        Assert.Equal(Api.Of(api).Good, (await cloud.GetAsync(Api.Of(api), cloud.Provider.Token(Now))).Status);
        Assert.Equal(Api.Of(api).Good, (await cloud.GetAsync(Api.Of(api), cloud.Provider.Token1(Now))).Status);
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task A_token_that_nothing_is_opened_to_gets_this_apis_403(string api)
    {
        await RefusesAsync(api, 403, cloud.Provider.Token(Now, payload => payload["roles"] = new JsonArray("Another.Role")));
        await RefusesAsync(api, 403, cloud.Provider.Token1(Now, payload => payload.Remove("roles")));
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task A_wrong_token_gets_this_apis_401(string api)
    {
        using var forger = new IssuerKey { Id = cloud.Provider.Key.Id };
        var good = cloud.Provider.Token(Now);
        var payload = JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(good.Split('.')[1]))!.AsObject();
        string[] wrong =
        [
            cloud.Provider.Token(Now.AddHours(-3)),
            cloud.Provider.Token(Now.AddHours(1)),
            cloud.Provider.Token(Now, claims => claims["aud"] = "api://another"),
            cloud.Provider.Token(Now, claims => claims["iss"] = "https://login.example.com/"),
            cloud.Provider.Token(Now, of: Guid.NewGuid().ToString()),
            forger.Sign(payload),
            cloud.Provider.Key.Sign(payload, header => header["alg"] = "none", _ => []),
            cloud.Provider.Key.Sign(
                payload,
                header => header["alg"] = "HS256",
                data => System.Security.Cryptography.HMACSHA256.HashData(cloud.Provider.Key.PublicKey, data)
            ),
            $"{good[..^8]}AAAAAAAA",
            cloud.Provider.Token(Now, claims => claims["aio"] = new string('a', 20_000)),
        ];

        foreach (var token in wrong)
        {
            await RefusesAsync(api, 401, token);
        }
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task Our_own_tokens_go_on_beside(string api)
    {
        using var anonymous = ProficloudClient.WithToken(cloud.Cloud.Http, null);
        var login = new JsonObject { ["username"] = cloud.User.Name, ["password"] = cloud.User.Password };
        var (_, body) = await anonymous.PostTokenAsync(login);

        Assert.Equal(Api.Of(api).Good, (await cloud.GetAsync(Api.Of(api), (string)JsonNode.Parse(body)!["access_token"]!)).Status);
    }

    [Fact]
    public async Task Roles_bound_what_a_token_may_do_and_the_tenant_where()
    {
        var reader = cloud.Provider.Token(Now);
        var user = cloud.Provider.Token(Now, payload => payload["scp"] = payload.Remove("roles") ? "openid access_as_user" : null);
        var admin = cloud.Provider.Token(
            Now,
            payload =>
            {
                payload.Remove("roles");
                payload["scp"] = "access_as_user";
                payload["groups"] = new JsonArray("2f9c1b6e-0d4a-4b0e-9a77-0b8a8d1c6f02");
            }
        );

        Assert.Equal((403, 204, 204), (await WriteAsync(reader), await WriteAsync(user), await WriteAsync(admin)));
        Assert.Equal((403, 403, 200), (await UsersAsync(reader), await UsersAsync(user), await UsersAsync(admin)));
        Assert.Contains(cloud.Device.Uuid, await DevicesAsync(reader), StringComparison.Ordinal);
        Assert.Contains(cloud.Device.Uuid, await DevicesAsync(admin), StringComparison.Ordinal);
        Assert.DoesNotContain(cloud.Device.Uuid, await DevicesAsync(user), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rolled_key_is_taken_and_an_outage_of_the_issuer_is_not_noticed()
    {
        cloud.Provider.Roll();
        foreach (var api in Api.All)
        {
            // The issuer is asked every few seconds at most, and another test may have just made it so.
            await Poll.UntilAsync(
                $"{api.Name} knows the new key",
                async () => (await cloud.GetAsync(api, cloud.Provider.Token(Now))).Status == api.Good
            );
        }

        cloud.Provider.IsAway = true;
        try
        {
            foreach (var api in Api.All)
            {
                Assert.Equal((api.Name, api.Good), (api.Name, (await cloud.GetAsync(api, cloud.Provider.Token(Now))).Status));
            }
        }
        finally
        {
            cloud.Provider.IsAway = false;
        }
    }

    private async Task RefusesAsync(string name, int status, string token)
    {
        var api = Api.Of(name);
        var reply = await cloud.GetAsync(api, token);
        Assert.Equal((status, api.MediaType), (reply.Status, reply.MediaType));
        Assert.True(api.IsError(JsonNode.Parse(reply.Text)!, status), reply.Text);
    }

    private async Task<int> WriteAsync(string token)
    {
        using var line = new StringContent("entra value=1", Encoding.UTF8, "text/plain");
        return (await cloud.SendAsync(HttpMethod.Post, "/write", token, line)).Status;
    }

    private async Task<int> UsersAsync(string token) => (await cloud.SendAsync(HttpMethod.Get, "/api/v1/users", token)).Status;

    private async Task<string> DevicesAsync(string token) => (await cloud.SendAsync(HttpMethod.Get, "/api/v1/devices", token)).Text;
}
