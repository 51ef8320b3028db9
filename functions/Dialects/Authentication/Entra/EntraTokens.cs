using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Tokens;
using Serverless.Domain;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Authentication.Entra;

/// <summary>Finds who calls by an access token of Microsoft Entra ID.</summary>
public sealed partial class EntraTokens : IDisposable
{
    /// <summary>The longest token that is looked at. One with the 200 groups that Entra ID puts in at most has some 11 KB.</summary>
    internal const int LongestToken = 16 * 1024;

    private const long LongestMetadata = 1024 * 1024;
    private static readonly TimeSpan MetadataPatience = TimeSpan.FromSeconds(10);

    private readonly JsonWebTokenHandler handler = new() { MaximumTokenSizeInBytes = LongestToken };
    private readonly HttpClient http = new(
        new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }
    )
    {
        Timeout = MetadataPatience,
        MaxResponseContentBufferSize = LongestMetadata,
    };
    private readonly EntraValidator validator;
    private readonly EntraMappings mappings;
    private readonly TenantDirectory tenants;
    private readonly ILogger logger;

    public EntraTokens(EntraOptions options, TenantDirectory tenants, TimeProvider time, ILogger<EntraTokens> logger)
    {
        (this.tenants, this.logger) = (tenants, logger);
        mappings = new EntraMappings(options);
        validator = new EntraValidator(options, Documents(options), time, logger);
    }

    /// <summary>The caller that a token proves, or null where it is no good token of Entra ID for us.</summary>
    /// <exception cref="DomainException">The token is good, but nothing here is opened to it.</exception>
    /// <exception cref="Domain.Documents.StoreUnavailableException">The issuer's keys are needed and cannot be read now.</exception>
    public async ValueTask<Caller?> FindCallerAsync(string text, CancellationToken cancellation)
    {
        if (Read(text) is not { } token)
        {
            return null;
        }

        try
        {
            if (EntraValidator.Text(token, "tid") is not { } directory)
            {
                return null; // somebody else's
            }

            var refusal = await validator.CheckAsync(token, directory, cancellation);
            if (refusal != EntraRefusal.None)
            {
                Refused(logger, refusal);
                return null;
            }

            return await FindCallerAsync(EntraClaims.Of(token), cancellation);
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            return null;
        }
    }

    /// <summary>Whether a token proves one identity of the directory, whatever it opens here.</summary>
    /// <param name="text">The token.</param>
    /// <param name="identity">The object id of the user, program or managed identity.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="Domain.Documents.StoreUnavailableException">The issuer's keys are needed and cannot be read now.</exception>
    public async ValueTask<bool> ProvesAsync(string text, Guid identity, CancellationToken cancellation)
    {
        try
        {
            return Read(text) is { } token
                && EntraValidator.Text(token, "tid") is { } directory
                && Guid.TryParse(EntraValidator.Text(token, "oid"), out var id)
                && id == identity
                && await validator.CheckAsync(token, directory, cancellation) == EntraRefusal.None;
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            return false;
        }
    }

    public void Dispose() => http.Dispose();

    private HttpDocumentRetriever Documents(EntraOptions options) =>
        new(http) { RequireHttps = options.Authority.Scheme == Uri.UriSchemeHttps, SendAdditionalHeaderData = false };

    private JsonWebToken? Read(string text)
    {
        try
        {
            return text.Length <= LongestToken && handler.CanReadToken(text) ? handler.ReadJsonWebToken(text) : null;
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            return null;
        }
    }

    // It looks like a token, but is none.
    private static bool IsBroken(Exception failure) =>
        failure is ArgumentException or FormatException or SecurityTokenException or JsonException;

    private async ValueTask<Caller> FindCallerAsync(EntraClaims claims, CancellationToken cancellation)
    {
        if (mappings.Find(claims) is not var (tenant, roles) || await tenants.FindAsync(tenant, cancellation) is null)
        {
            Unmapped(logger, claims.Directory, claims.Application);
            throw new DomainException(Refusal.Forbidden, "The token is good, but nothing here is opened to it.");
        }

        // No user of ours has a slash in its name.
        return new Caller(tenant, $"entra/{claims.Directory}/{claims.Subject}", roles);
    }

    [LoggerMessage(71, LogLevel.Information, "A token of Entra ID is refused: {Refusal}")]
    private static partial void Refused(ILogger logger, EntraRefusal refusal);

    [LoggerMessage(
        72,
        LogLevel.Information,
        "No mapping opens a tenant to this token of the directory {Directory} and the application {Application}"
    )]
    private static partial void Unmapped(ILogger logger, Guid directory, string application);
}
