using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Serverless.Acceptance.Tests.Entra.Support;

/// <summary>
/// An issuer as Entra ID is one, on a free port: the metadata of versions 1 and 2 for one directory or many, a key set that rolls over, outages, and tokens as
/// documented (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
/// </summary>
internal sealed class OpenIdProvider : IAsyncDisposable
{
    public const string Many = "organizations";
    public const string ClientId = "6e74172b-be56-4843-9ff4-e66a39bb12e3";
    public const string ClientUri = $"api://{ClientId}";
    public const string Program = "0b1d6b2e-6a5e-4c6b-9d7a-3f5f0c3b8f21";
    private const string Template = "{tenantid}";

    private readonly string directory;
    private readonly WebApplication app;
    private readonly List<IssuerKey> keys = [];
    private int requests;

    private OpenIdProvider(string directory, WebApplication app)
    {
        (this.directory, this.app) = (directory, app);
        app.MapGet($"/{directory}/v2.0/.well-known/openid-configuration", context => AnswerAsync(context, () => Metadata(Issuer2(Name))));
        app.MapGet($"/{directory}/.well-known/openid-configuration", context => AnswerAsync(context, () => Metadata(Issuer1(Name))));
        app.MapGet($"/{directory}/discovery/v2.0/keys", context => AnswerAsync(context, KeySet));
    }

    public string Address => app.Urls.Single();

    /// <summary>The newest key, which signs.</summary>
    public IssuerKey Key => keys[^1];

    /// <summary>How often anything was asked.</summary>
    public int Requests => Volatile.Read(ref requests);

    /// <summary>While it is set, connections are cut.</summary>
    public bool IsAway { get; set; }

    /// <summary>What is answered instead of the key set.</summary>
    public string? BrokenKeySet { get; set; }

    /// <summary>The algorithms that the metadata names.</summary>
    public IReadOnlyList<string> Algorithms { get; set; } = ["RS256"];

    private string Name => directory == Many ? Template : directory;

    /// <param name="directory">A directory's id, or <see cref="Many"/>.</param>
    public static async Task<OpenIdProvider> StartAsync(string directory)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var provider = new OpenIdProvider(directory, builder.Build());
        await provider.app.StartAsync();
        provider.Roll();
        return provider;
    }

    /// <summary>The setting of the cloud that takes this issuer's tokens.</summary>
    public JsonObject Settings(params JsonNode[] mappings) =>
        new()
        {
            ["instance"] = Address,
            ["directory"] = directory,
            ["audiences"] = new JsonArray(ClientId, ClientUri),
            ["mappings"] = new JsonArray(mappings),
        };

    /// <summary>Adds a key, which signs from now on.</summary>
    public IssuerKey Roll(IssuerKey? key = null)
    {
        keys.Add(key ?? new IssuerKey { Issuer = Issuer2(Name) });
        return Key;
    }

    /// <summary>Takes every key but the newest out of the key set.</summary>
    public void Retire()
    {
        foreach (var old in keys.SkipLast(1).ToList())
        {
            keys.Remove(old);
            old.Dispose();
        }
    }

    public string Issuer2(string id) => $"{Address}/{id}/v2.0";

    public static string Issuer1(string id) => $"https://sts.windows.net/{id}/";

    /// <summary>An access token of version 2: of a program with the app role Telemetry.Read, where the edit does not make it another.</summary>
    public string Token(DateTimeOffset now, Action<JsonObject>? edit = null, string? of = null)
    {
        var payload = Claims(now, ClientId, Issuer2(of ?? directory), of ?? directory, "2.0");
        payload["azp"] = Program;
        payload["azpacr"] = "1";
        edit?.Invoke(payload);
        return Key.Sign(payload);
    }

    /// <summary>The same of version 1.</summary>
    public string Token1(DateTimeOffset now, Action<JsonObject>? edit = null, string? of = null)
    {
        var payload = Claims(now, ClientUri, Issuer1(of ?? directory), of ?? directory, "1.0");
        payload["appid"] = Program;
        payload["appidacr"] = "1";
        payload["idp"] = Issuer1(of ?? directory);
        edit?.Invoke(payload);
        return Key.Sign(payload);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        keys.ForEach(key => key.Dispose());
    }

    private static JsonObject Claims(DateTimeOffset now, string audience, string issuer, string directory, string version)
    {
        const string Subject = "5f3c9b1e-2f0a-4d53-8a4c-1d5a1f6f7b90";
        return new JsonObject
        {
            ["aud"] = audience,
            ["iss"] = issuer,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddMinutes(75).ToUnixTimeSeconds(),
            ["aio"] = "E2NgYBBbM3/nFcNb",
            ["oid"] = Subject,
            ["roles"] = new JsonArray("Telemetry.Read"),
            ["sub"] = Subject,
            ["tid"] = directory,
            ["uti"] = Guid.NewGuid().ToString("N")[..22],
            ["ver"] = version,
        };
    }

    private JsonObject Metadata(string issuer) =>
        new JsonObject
        {
            ["issuer"] = issuer,
            ["jwks_uri"] = $"{Address}/{directory}/discovery/v2.0/keys",
            ["id_token_signing_alg_values_supported"] = new JsonArray([.. Algorithms.Select(name => JsonValue.Create(name))]),
            ["subject_types_supported"] = new JsonArray("pairwise"),
            ["cloud_instance_name"] = "microsoftonline.com",
        };

    private JsonObject? KeySet() =>
        BrokenKeySet is null ? new JsonObject { ["keys"] = new JsonArray([.. keys.ToList().Select(key => key.ToJson())]) } : null;

    private async Task AnswerAsync(HttpContext context, Func<JsonNode?> answer)
    {
        Interlocked.Increment(ref requests);
        if (IsAway)
        {
            context.Abort();
            return;
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(answer()?.ToJsonString() ?? BrokenKeySet!, context.RequestAborted);
    }
}
