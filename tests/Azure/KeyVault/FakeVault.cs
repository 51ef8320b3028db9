using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Core;
using Serverless.Contracts;

namespace Serverless.Azure.Tests.KeyVault;

/// <summary>
/// One vault as its REST API is documented: it asks for a token of its resource with a challenge, keeps versions of secrets, lists them by pages of two in no order
/// of time, and answers errors as Key Vault does.
/// </summary>
internal sealed class FakeVault(ManualTime time) : HttpMessageHandler
{
    public const string Address = "https://ours.vault.azure.net";
    private const int PageSize = 2;
    private readonly List<Version> versions = [];
    private readonly Lock gate = new();

    /// <summary>The requests that bore a token, as "GET /secrets/name/versions".</summary>
    public List<string> Requests { get; } = [];

    /// <summary>The bodies that were sent, for what a vault must be told.</summary>
    public List<JsonNode> Bodies { get; } = [];

    /// <summary>What is answered instead of the next requests: a status, or null for a connection that is cut.</summary>
    public Queue<HttpStatusCode?> Failures { get; } = [];

    /// <summary>Puts a version there as a person would.</summary>
    public Version Put(string value, DateTimeOffset? notBefore = null, DateTimeOffset? expires = null, bool enabled = true)
    {
        lock (gate)
        {
            var version = new Version(Guid.NewGuid().ToString("N"), value, time.GetUtcNow())
            {
                NotBefore = notBefore,
                Expires = expires,
                Enabled = enabled,
            };
            versions.Insert(versions.Count / 2, version);
            return version;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        Assert.Equal(new Uri(Address).Host, request.RequestUri.Host);
        Assert.Contains("api-version=7.6", request.RequestUri.Query, StringComparison.Ordinal);
        if (request.Headers.Authorization?.ToString() != $"Bearer {FixedCredential.Token}")
        {
            Assert.Null(request.Content?.Headers.ContentLength is > 0 ? "A secret goes nowhere before the challenge." : null);
            return Challenge();
        }

        var body = request.Content is null ? null : JsonNode.Parse(await request.Content.ReadAsStringAsync(cancellationToken));
        lock (gate)
        {
            Requests.Add($"{request.Method} {path}");
            if (Failures.TryDequeue(out var failure))
            {
                return failure is { } status ? Error(status, "Injected") : throw new HttpRequestException("The connection was cut.");
            }

            return Answer(request, path.Split('/', StringSplitOptions.RemoveEmptyEntries), body);
        }
    }

    private static HttpResponseMessage Challenge()
    {
        var challenge = Error(HttpStatusCode.Unauthorized, "Unauthorized");
        const string Parameters =
            "authorization=\"https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47\", resource=\"https://vault.azure.net\"";
        challenge.Headers.TryAddWithoutValidation("WWW-Authenticate", $"Bearer {Parameters}");
        return challenge;
    }

    private static HttpResponseMessage Error(HttpStatusCode status, string code) =>
        Json(
            status,
            new JsonObject
            {
                ["error"] = new JsonObject { ["code"] = code, ["message"] = $"{code} it is." },
            }
        );

    private static HttpResponseMessage Json(HttpStatusCode status, JsonObject body) =>
        new(status) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };

    private HttpResponseMessage Answer(HttpRequestMessage request, string[] path, JsonNode? body) =>
        (request.Method.Method, path) switch
        {
            ("GET", ["secrets", var name, "versions"]) => List(name, request.RequestUri!.Query),
            ("GET", ["secrets", var name, var id]) => versions.Find(version => version.Id == id) is { } version
                ? version.Enabled
                    ? Json(HttpStatusCode.OK, Show(name, version, value: true))
                    : Error(HttpStatusCode.Forbidden, "Forbidden")
                : Error(HttpStatusCode.NotFound, "SecretNotFound"),
            ("PUT", ["secrets", var name]) => Set(name, body!),
            _ => Error(HttpStatusCode.BadRequest, "BadParameter"),
        };

    private HttpResponseMessage Set(string name, JsonNode body)
    {
        Bodies.Add(body);
        return Json(HttpStatusCode.OK, Show(name, Put((string)body["value"]!), value: true));
    }

    private HttpResponseMessage List(string name, string query)
    {
        if (versions.Count == 0)
        {
            return Error(HttpStatusCode.NotFound, "SecretNotFound");
        }

        const string Marker = "$skiptoken=";
        var skip = query.IndexOf(Marker, StringComparison.Ordinal) is >= 0 and var at ? int.Parse(query[(at + Marker.Length)..]) : 0;
        var next = skip + PageSize;
        var page = versions.Skip(skip).Take(PageSize).Select(version => (JsonNode)Show(name, version, value: false));
        var more = next < versions.Count ? $"{Address}:443/secrets/{name}/versions?api-version=7.6&{Marker}{next}" : null;
        return Json(HttpStatusCode.OK, new JsonObject { ["value"] = new JsonArray([.. page]), ["nextLink"] = more });
    }

    private static JsonObject Show(string name, Version version, bool value)
    {
        var attributes = new JsonObject
        {
            ["enabled"] = version.Enabled,
            ["created"] = version.Created.ToUnixTimeSeconds(),
            ["updated"] = version.Created.ToUnixTimeSeconds(),
            ["recoveryLevel"] = "Recoverable+Purgeable",
            ["recoverableDays"] = 90,
        };
        if (version.NotBefore is { } from)
        {
            attributes["nbf"] = from.ToUnixTimeSeconds();
        }

        if (version.Expires is { } until)
        {
            attributes["exp"] = until.ToUnixTimeSeconds();
        }

        var shown = new JsonObject
        {
            ["id"] = $"{Address}/secrets/{name}/{version.Id}",
            ["attributes"] = attributes,
            ["tags"] = new JsonObject(),
        };
        if (value)
        {
            shown["value"] = version.Value;
        }

        return shown;
    }

    internal sealed record Version(string Id, string Value, DateTimeOffset Created)
    {
        public bool Enabled { get; set; } = true;

        public DateTimeOffset? NotBefore { get; init; }

        public DateTimeOffset? Expires { get; init; }
    }
}

/// <summary>A credential that gives one token, for the vault's resource only.</summary>
internal sealed class FixedCredential : TokenCredential
{
    public const string Token = "a-token-of-the-vault";

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        Assert.Equal(["https://vault.azure.net/.default"], requestContext.Scopes);
        return new AccessToken(Token, DateTimeOffset.MaxValue);
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(GetToken(requestContext, cancellationToken));
}
