using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Authentication.Entra;

/// <summary>Checks access tokens of Entra ID, of version 1 and 2, for one directory or many.</summary>
/// <remarks>
/// The rules are those of https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-tokens. Both versions are signed with the same keys. Those of the
/// version 2 metadata say which issuer each may sign for, so that these are used for both; version 1's metadata gives its issuer only.
/// </remarks>
internal sealed class EntraValidator(EntraOptions options, IDocumentRetriever documents, TimeProvider time, ILogger logger)
{
    private const string DirectoryTemplate = "{tenantid}";

    // How much the clocks of issuer and ours may differ.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);

    // Signatures by an issuer's private key. An HMAC with its public key, or no signature, is what forgers send.
    private static readonly string[] Asymmetric =
    [
        SecurityAlgorithms.RsaSha256,
        SecurityAlgorithms.RsaSha384,
        SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256,
        SecurityAlgorithms.EcdsaSha384,
        SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly JsonWebTokenHandler handler = new() { MaximumTokenSizeInBytes = EntraTokens.LongestToken };
    private readonly IReadOnlySet<Guid> directories = options.Directories();
    private readonly OpenIdMetadata version1 = new(Address(options, ""), documents, time, logger);
    private readonly OpenIdMetadata version2 = new(Address(options, "/v2.0"), documents, time, logger);

    /// <summary>Says why a token is refused, or that it is not.</summary>
    /// <exception cref="StoreUnavailableException">The issuer's keys are needed and cannot be read now.</exception>
    public async ValueTask<EntraRefusal> CheckAsync(JsonWebToken token, string directory, CancellationToken cancellation)
    {
        if (!Guid.TryParse(directory, out var id) || !directories.Contains(id))
        {
            return EntraRefusal.Directory;
        }

        if (!IsAccessToken(token))
        {
            return EntraRefusal.Kind;
        }

        if (!Asymmetric.Contains(token.Alg))
        {
            return EntraRefusal.Algorithm;
        }

        if (string.IsNullOrEmpty(token.Kid))
        {
            return EntraRefusal.Key;
        }

        var keys = await version2.GetAsync(token.Kid, cancellation);
        if (keys.Configuration is not { } metadata)
        {
            throw Away();
        }

        if (OpenIdMetadata.FindKey(metadata, token.Kid) is not { } key)
        {
            return keys.Failed ? throw Away() : EntraRefusal.Key;
        }

        if (!MaySignFor(key, metadata, directory))
        {
            return EntraRefusal.Key;
        }

        var algorithms = Algorithms(metadata);
        if (!algorithms.Contains(token.Alg))
        {
            return EntraRefusal.Algorithm;
        }

        var issuer = Text(token, "ver") == "2.0" ? metadata.Issuer : (await version1.GetAsync(null, cancellation)).Configuration?.Issuer;
        return await CheckAsync(token, key, ForDirectory(issuer ?? throw Away(), directory), algorithms);
    }

    public static string? Text(JsonWebToken token, string claim) => token.TryGetPayloadValue<string>(claim, out var value) ? value : null;

    private static string Address(EntraOptions options, string version) =>
        new Uri(options.Authority, $"{options.Directory}{version}/.well-known/openid-configuration").AbsoluteUri;

    private static StoreUnavailableException Away() => new("The keys of Entra ID cannot be read now.");

    private static string ForDirectory(string issuer, string directory) =>
        issuer.Replace(DirectoryTemplate, directory, StringComparison.OrdinalIgnoreCase);

    /// <summary>A key of the metadata for many directories may be for the tokens of one of them only, or of another cloud than the metadata's.</summary>
    private static bool MaySignFor(JsonWebKey key, OpenIdConnectConfiguration metadata, string directory) =>
        (
            !key.AdditionalData.TryGetValue("issuer", out var issuer)
            || (issuer is string text && ForDirectory(text, directory) == ForDirectory(metadata.Issuer, directory))
        )
        && (
            !key.AdditionalData.TryGetValue("cloud_instance_name", out var cloud)
            || !metadata.AdditionalData.TryGetValue("cloud_instance_name", out var own)
            || cloud?.ToString() == own?.ToString()
        );

    private static List<string> Algorithms(OpenIdConnectConfiguration metadata) =>
        [.. metadata.IdTokenSigningAlgValuesSupported.Append(SecurityAlgorithms.RsaSha256).Intersect(Asymmetric)];

    /// <summary>
    /// ID tokens have the same issuer and audience, but no word of the client to whom an access token was given (azp in version 2, appid in version 1). A token that is
    /// bound to a key (cnf) proves nothing without it.
    /// </summary>
    private static bool IsAccessToken(JsonWebToken token) =>
        !token.IsEncrypted
        && Text(token, "ver") switch
        {
            "1.0" => Text(token, "appid") is not null,
            "2.0" => Text(token, "azp") is not null,
            _ => false,
        }
        && !token.TryGetPayloadValue<object>("cnf", out _)
        && !token.TryGetHeaderValue<object>("crit", out _);

    private async Task<EntraRefusal> CheckAsync(JsonWebToken token, JsonWebKey key, string issuer, List<string> algorithms)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var result = await handler.ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                IssuerSigningKey = key,
                TryAllIssuerSigningKeys = false,
                ValidAlgorithms = algorithms,
                ValidIssuer = issuer,
                ValidAudiences = options.Audiences,
                IgnoreTrailingSlashWhenValidatingAudience = false,
                LifetimeValidator = (from, until, _, _) => until is not null && now < until + Skew && (from is null || now >= from - Skew),
            }
        );
        return result.IsValid ? EntraRefusal.None : ReasonOf(result.Exception);
    }

    private static EntraRefusal ReasonOf(Exception failure) =>
        failure switch
        {
            SecurityTokenInvalidLifetimeException or SecurityTokenNoExpirationException => EntraRefusal.Lifetime,
            SecurityTokenInvalidIssuerException => EntraRefusal.Issuer,
            SecurityTokenInvalidAudienceException => EntraRefusal.Audience,
            _ => EntraRefusal.Signature,
        };
}
