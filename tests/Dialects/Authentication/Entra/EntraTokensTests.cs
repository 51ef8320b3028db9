using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Entra.Support;
using Serverless.Dialects.Authentication.Entra;
using Serverless.Domain;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Authentication.Entra;

/// <summary>Which tokens prove a caller, and which prove none.</summary>
public sealed class EntraTokensTests
{
    private const string Guest = "9d2f0c6e-55d1-4f0b-9a6e-8b6c3a0f4c11";

    [Fact]
    public async Task A_good_token_of_either_version_is_a_caller_with_tenant_and_roles()
    {
        await using var cloud = await EntraCloud.StartAsync();

        var second = await cloud.FindAsync(cloud.Token());
        var first = await cloud.FindAsync(cloud.Provider.Token1(cloud.Now));

        Assert.Equal((TestCloud.Tenant, $"entra/{EntraCloud.Home}/5f3c9b1e-2f0a-4d53-8a4c-1d5a1f6f7b90"), (second!.Tenant, second.User));
        Assert.Equal([Roles.Reader], second.Roles);
        Assert.Equal((second.Tenant, second.User), (first!.Tenant, first.User));
    }

    [Fact]
    public async Task Both_forms_of_our_audience_are_ours_in_either_version()
    {
        await using var cloud = await EntraCloud.StartAsync();

        foreach (var audience in new[] { OpenIdProvider.ClientId, OpenIdProvider.ClientUri })
        {
            Assert.NotNull(await cloud.FindAsync(cloud.Token(payload => payload["aud"] = audience)));
            Assert.NotNull(await cloud.FindAsync(cloud.Provider.Token1(cloud.Now, payload => payload["aud"] = audience)));
        }
    }

    [Fact]
    public async Task A_token_for_another_api_is_refused()
    {
        await using var cloud = await EntraCloud.StartAsync();
        foreach (
            var audience in new[] { "api://another", "00000003-0000-0000-c000-000000000000", $"{OpenIdProvider.ClientUri}/", "", null }
        )
        {
            await cloud.RefusesAsync(EntraRefusal.Audience, cloud.Token(payload => payload["aud"] = audience));
        }
    }

    [Fact]
    public async Task A_token_of_another_issuer_is_refused()
    {
        await using var cloud = await EntraCloud.StartAsync();
        string?[] issuers =
        [
            cloud.Provider.Issuer2(Guest),
            cloud.Provider.Issuer2(EntraCloud.Home) + "/",
            cloud.Provider.Issuer2("{tenantid}"),
            OpenIdProvider.Issuer1(EntraCloud.Home), // version 1's, in a token of version 2
            "https://login.example.com/",
            "",
            null,
        ];

        foreach (var issuer in issuers)
        {
            await cloud.RefusesAsync(EntraRefusal.Issuer, cloud.Token(payload => payload["iss"] = issuer));
        }

        await cloud.RefusesAsync(
            EntraRefusal.Issuer,
            cloud.Provider.Token1(cloud.Now, payload => payload["iss"] = cloud.Provider.Issuer2(EntraCloud.Home))
        );
    }

    [Fact]
    public async Task A_token_of_a_directory_that_is_not_ours_is_refused()
    {
        await using var cloud = await EntraCloud.StartAsync();

        await cloud.RefusesAsync(EntraRefusal.Directory, cloud.Token(of: Guest));
        await cloud.RefusesAsync(EntraRefusal.Directory, cloud.Token(payload => payload["tid"] = "contoso.example"));
        Assert.Equal(0, cloud.Provider.Requests);
    }

    [Fact]
    public async Task Of_many_directories_those_that_mappings_name_are_taken_each_with_its_own_issuer()
    {
        var mapping = EntraCloud.Mapping("role", "Telemetry.Read", TestCloud.Tenant, Roles.Reader);
        mapping["directory"] = EntraCloud.Home;
        await using var cloud = await EntraCloud.StartAsync(OpenIdProvider.Many, mapping);

        Assert.NotNull(await cloud.FindAsync(cloud.Token(of: EntraCloud.Home)));
        Assert.NotNull(await cloud.FindAsync(cloud.Provider.Token1(cloud.Now, of: EntraCloud.Home)));
        await cloud.RefusesAsync(EntraRefusal.Directory, cloud.Token(of: Guest));
        await cloud.RefusesAsync(EntraRefusal.Directory, cloud.Token(of: OpenIdProvider.Many));

        // A directory's own administrator can make it issue anything, but only under its own issuer.
        await cloud.RefusesAsync(EntraRefusal.Issuer, cloud.Token(payload => payload["tid"] = EntraCloud.Home, of: Guest));
        await cloud.RefusesAsync(
            EntraRefusal.Issuer,
            cloud.Provider.Token1(cloud.Now, payload => payload["tid"] = EntraCloud.Home, of: Guest)
        );
        await cloud.RefusesAsync(EntraRefusal.Directory, cloud.Token(payload => payload["tid"] = Guest, of: EntraCloud.Home));
    }

    [Fact]
    public async Task Of_many_directories_a_key_signs_for_those_that_the_key_set_says()
    {
        var mapping = EntraCloud.Mapping("role", "Telemetry.Read", TestCloud.Tenant, Roles.Reader);
        mapping["directory"] = EntraCloud.Home;
        await using var cloud = await EntraCloud.StartAsync(OpenIdProvider.Many, mapping);

        cloud.Provider.Roll(new IssuerKey { Issuer = cloud.Provider.Issuer2(Guest) });
        await cloud.RefusesAsync(EntraRefusal.Key, cloud.Token(of: EntraCloud.Home));
        await cloud.RefusesAsync(EntraRefusal.Key, cloud.Provider.Token1(cloud.Now, of: EntraCloud.Home));

        cloud.Provider.Roll(new IssuerKey { Issuer = cloud.Provider.Issuer2(EntraCloud.Home) });
        cloud.Advance(OpenIdMetadata.LookAgain);
        Assert.NotNull(await cloud.FindAsync(cloud.Token(of: EntraCloud.Home)));
        Assert.NotNull(await cloud.FindAsync(cloud.Provider.Token1(cloud.Now, of: EntraCloud.Home)));
    }

    [Fact]
    public async Task A_token_is_good_in_its_time_give_or_take_two_minutes()
    {
        await using var cloud = await EntraCloud.StartAsync();
        var token = cloud.Token();

        cloud.Advance(TimeSpan.FromMinutes(77) - TimeSpan.FromSeconds(1));
        Assert.NotNull(await cloud.FindAsync(token));
        cloud.Advance(TimeSpan.FromSeconds(1));
        await cloud.RefusesAsync(EntraRefusal.Lifetime, token);

        Assert.NotNull(await cloud.FindAsync(cloud.Provider.Token(cloud.Now.AddMinutes(2))));
        await cloud.RefusesAsync(EntraRefusal.Lifetime, cloud.Provider.Token(cloud.Now.AddMinutes(2).AddSeconds(1)));
        await cloud.RefusesAsync(EntraRefusal.Lifetime, cloud.Token(payload => payload.Remove("exp")));
        Assert.NotNull(await cloud.FindAsync(cloud.Token(payload => payload.Remove("nbf"))));
    }

    [Fact]
    public async Task A_token_that_the_issuer_did_not_sign_is_refused()
    {
        await using var cloud = await EntraCloud.StartAsync();
        var (key, token) = (cloud.Provider.Key, cloud.Token());
        using var forged = new IssuerKey { Id = key.Id };
        var payload = Payload(token);
        var parts = token.Split('.');

        await cloud.RefusesAsync(EntraRefusal.Signature, forged.Sign(payload));
        await cloud.RefusesAsync(EntraRefusal.Signature, forged.Sign(payload, header => header["jwk"] = forged.ToJson()));
        await cloud.RefusesAsync(EntraRefusal.Signature, $"{parts[0]}.{parts[1]}.");
        await cloud.RefusesAsync(EntraRefusal.Signature, $"{parts[0]}.{parts[1]}.{parts[2][..^8]}AAAAAAAA");
        payload["roles"] = new JsonArray("Cloud.Operate");
        await cloud.RefusesAsync(EntraRefusal.Signature, $"{parts[0]}.{key.Sign(payload).Split('.')[1]}.{parts[2]}");
    }

    [Fact]
    public async Task Algorithms_that_prove_nothing_are_refused_whatever_the_key()
    {
        await using var cloud = await EntraCloud.StartAsync();
        var (key, payload) = (cloud.Provider.Key, Payload(cloud.Token()));
        var pem = System.Text.Encoding.ASCII.GetBytes(PemEncoding.Write("PUBLIC KEY", key.PublicKey));
        (string Name, Func<byte[], byte[]> Sign)[] algorithms =
        [
            ("none", _ => []),
            ("None", _ => []),
            ("HS256", data => HMACSHA256.HashData(key.PublicKey, data)),
            ("HS256", data => HMACSHA256.HashData(pem, data)),
            ("HS512", data => HMACSHA512.HashData(key.PublicKey, data)),
            ("rs256", key.SignRs256),
            ("", key.SignRs256),
            ("RS1", key.SignRs256),
        ];

        foreach (var (name, sign) in algorithms)
        {
            await cloud.RefusesAsync(EntraRefusal.Algorithm, key.Sign(payload, header => header["alg"] = name, sign));
        }

        Assert.Equal(0, cloud.Provider.Requests);
    }

    [Fact]
    public async Task Another_algorithm_than_RS256_is_taken_where_the_metadata_names_it()
    {
        await using var cloud = await EntraCloud.StartAsync();
        var token = cloud.Provider.Key.Sign(Payload(cloud.Token()), header => header["alg"] = "PS256", cloud.Provider.Key.SignPs256);
        await cloud.RefusesAsync(EntraRefusal.Algorithm, token);

        await using var other = await EntraCloud.StartAsync();
        other.Provider.Algorithms = ["RS256", "PS256", "HS256", "none"];
        var key = other.Provider.Key;
        var payload = Payload(other.Token());
        Assert.NotNull(await other.FindAsync(key.Sign(payload, header => header["alg"] = "PS256", key.SignPs256)));
        await other.RefusesAsync(
            EntraRefusal.Algorithm,
            key.Sign(payload, header => header["alg"] = "HS256", data => HMACSHA256.HashData(key.PublicKey, data))
        );
        await other.RefusesAsync(EntraRefusal.Algorithm, key.Sign(payload, header => header["alg"] = "none", _ => []));
    }

    [Fact]
    public async Task Without_a_key_id_or_with_a_key_that_is_not_for_signatures_a_token_is_refused()
    {
        await using var cloud = await EntraCloud.StartAsync();

        await cloud.RefusesAsync(EntraRefusal.Key, cloud.Provider.Key.Sign(Payload(cloud.Token()), header => header.Remove("kid")));
        cloud.Provider.Roll(new IssuerKey { Use = "enc" });
        await cloud.RefusesAsync(EntraRefusal.Key, cloud.Token());
    }

    [Fact]
    public async Task What_is_no_access_token_is_refused()
    {
        await using var cloud = await EntraCloud.StartAsync();
        Action<JsonObject>[] others =
        [
            payload => payload.Remove("azp"), // an ID token for the same client
            payload => payload["ver"] = "3.0",
            payload => payload["ver"] = 2.0,
            payload => payload.Remove("ver"),
            payload => payload["cnf"] = new JsonObject { ["kid"] = "the key that it is bound to" },
        ];

        foreach (var other in others)
        {
            await cloud.RefusesAsync(EntraRefusal.Kind, cloud.Token(other));
        }

        await cloud.RefusesAsync(EntraRefusal.Kind, cloud.Provider.Token1(cloud.Now, payload => payload.Remove("appid")));
        await cloud.RefusesAsync(
            EntraRefusal.Kind,
            cloud.Provider.Key.Sign(Payload(cloud.Token()), header => header["crit"] = new JsonArray("exp"))
        );
    }

    [Fact]
    public async Task A_token_that_nothing_is_opened_to_is_forbidden_and_not_unknown()
    {
        await using var cloud = await EntraCloud.StartAsync(
            EntraCloud.Home,
            EntraCloud.Mapping("role", "Telemetry.Read", TestCloud.Tenant, Roles.Reader),
            EntraCloud.Mapping("role", "Telemetry.Elsewhere", "no-such-tenant", Roles.Reader)
        );
        Action<JsonObject>[] tokens =
        [
            payload => payload.Remove("roles"),
            payload => payload["roles"] = new JsonArray("telemetry.read"),
            payload => payload["roles"] = new JsonArray(),
            payload => payload["roles"] = new JsonArray("Telemetry.Elsewhere"),
            payload => payload["scp"] = payload.Remove("roles") ? "Telemetry.Read" : null,
        ];

        foreach (var token in tokens)
        {
            var forbidden = await Assert.ThrowsAsync<DomainException>(async () => await cloud.FindAsync(cloud.Token(token)));
            Assert.Equal(Refusal.Forbidden, forbidden.Refusal);
        }
    }

    [Fact]
    public async Task What_is_no_token_proves_nothing_and_asks_nobody()
    {
        await using var cloud = await EntraCloud.StartAsync();
        string[] texts =
        [
            "",
            "token",
            "..",
            "a.b.c",
            "e30.e30.e30",
            "e30.e30.",
            "W10.W10.AAAA",
            "bnVsbA.bnVsbA.AAAA",
            "eyJhbGciOiJSUzI1NiJ9.eyJ0aWQiOjF9.AAAA",
            "eyJhbGciOiJSUzI1NiJ9.eyJ0aWQiOlsiYSJdfQ.AAAA",
            "a.b.c.d.e",
            "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAA.AAAA.AAAA",
        ];

        foreach (var text in texts)
        {
            Assert.Null(await cloud.FindAsync(text));
        }

        Assert.Equal(0, cloud.Provider.Requests);
    }

    [Fact]
    public async Task Claims_of_wrong_types_prove_nothing()
    {
        await using var cloud = await EntraCloud.StartAsync();
        (string Claim, string Value)[] wrong =
        [
            ("exp", "\"soon\""),
            ("exp", "1e300"),
            ("exp", "-1"),
            ("nbf", "{}"),
            ("aud", "{\"a\":1}"),
            ("iss", "[]"),
            ("tid", "{}"),
            ("azp", "[1]"),
        ];

        foreach (var (claim, value) in wrong)
        {
            Assert.Null(await cloud.FindAsync(cloud.Token(payload => payload[claim] = JsonNode.Parse(value))));
        }
    }

    [Fact]
    public async Task Claims_of_wrong_types_that_only_mappings_read_open_nothing_more()
    {
        await using var cloud = await EntraCloud.StartAsync();
        string[] values = ["{}", "7", "true", "null", "[[\"Telemetry.Write\"]]", "{\"a\":\"b\"}"];
        foreach (
            var (claim, value) in new[] { "oid", "roles", "scp", "groups" }.SelectMany(claim => values.Select(value => (claim, value)))
        )
        {
            Caller? caller = null;
            var thrown = await Record.ExceptionAsync(async () =>
                caller = await cloud.FindAsync(cloud.Token(payload => payload[claim] = JsonNode.Parse(value)))
            );

            Assert.True(thrown is null or DomainException { Refusal: Refusal.Forbidden }, $"{claim} {value}: {thrown}");
            Assert.True(caller is null || caller.Roles is [Roles.Reader]);
        }
    }

    [Fact]
    public async Task A_token_with_two_hundred_groups_is_read_and_one_beyond_all_size_is_not()
    {
        await using var cloud = await EntraCloud.StartAsync();

        Assert.NotNull(await cloud.FindAsync(cloud.Token(payload => payload["groups"] = Groups(200))));
        var huge = cloud.Token(payload => payload["groups"] = Groups(400));
        Assert.True(huge.Length > EntraTokens.LongestToken);
        Assert.Null(await cloud.FindAsync(huge));

        static JsonArray Groups(int count) => [.. Enumerable.Range(0, count).Select(_ => JsonValue.Create(Guid.NewGuid().ToString()))];
    }

    private static JsonObject Payload(string token) =>
        JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]))!.AsObject();
}
