using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Serverless.Dialects.Authentication.Entra;

/// <summary>What is known of an issuer.</summary>
/// <param name="Configuration">The newest metadata and keys that could be read, or null where none could yet.</param>
/// <param name="Failed">Whether the last try to read them failed.</param>
internal sealed record KnownMetadata(OpenIdConnectConfiguration? Configuration, bool Failed);

/// <summary>
/// An issuer's OpenID metadata with its keys: read when first asked for, again in the background when it is old, and at once when a token names a key that is not
/// known, but never more often than <see cref="LookAgain"/>. While the issuer is away, what is known stays good.
/// </summary>
/// <remarks>
/// The package's ConfigurationManager does less: it does not wait for the new keys, so that the first token of a rolled key is refused, and its clock is the machine's.
/// </remarks>
internal sealed partial class OpenIdMetadata(string address, IDocumentRetriever documents, TimeProvider time, ILogger logger)
{
    /// <summary>How often the issuer is asked at most: key ids that are made up cost it nothing.</summary>
    public static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    /// <summary>How old metadata may be. Keys are published at least a day before they sign.</summary>
    public static readonly TimeSpan CacheTime = TimeSpan.FromHours(12);

    private readonly Lock gate = new();
    private volatile KnownMetadata known = new(null, false);
    private DateTimeOffset read = DateTimeOffset.MinValue;
    private DateTimeOffset tried = DateTimeOffset.MinValue;
    private Task running = Task.CompletedTask;

    /// <summary>The metadata, with the key of this id where the issuer has it.</summary>
    /// <param name="kid">The key id, or null where no key matters.</param>
    /// <param name="cancellation">Ends the wait; the reading goes on for others.</param>
    public async ValueTask<KnownMetadata> GetAsync(string? kid, CancellationToken cancellation)
    {
        if (known.Configuration is not { } configuration || (kid is not null && FindKey(configuration, kid) is null))
        {
            await RefreshAsync(TimeSpan.Zero).WaitAsync(cancellation);
        }
        else
        {
            _ = RefreshAsync(CacheTime); // what is known serves meanwhile
        }

        return known;
    }

    public static JsonWebKey? FindKey(OpenIdConnectConfiguration configuration, string kid) =>
        configuration.JsonWebKeySet.Keys.FirstOrDefault(key => key.Kid == kid && Signs(key));

    // A symmetric key in the metadata would be no secret.
    private static bool Signs(JsonWebKey key) =>
        key.Kty is JsonWebAlgorithmsKeyTypes.RSA or JsonWebAlgorithmsKeyTypes.EllipticCurve
        && key.Use is null or "" or JsonWebKeyUseNames.Sig;

    /// <summary>Reads the metadata, unless it is younger or the issuer was asked just now. It never fails.</summary>
    private Task RefreshAsync(TimeSpan unlessYounger)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (running.IsCompleted && now - tried >= LookAgain && now - read >= unlessYounger)
            {
                tried = now;
                running = Task.Run(() => ReadAsync(now));
            }

            return running;
        }
    }

    private async Task ReadAsync(DateTimeOffset now)
    {
        try
        {
            var configuration = await OpenIdConnectConfigurationRetriever.GetAsync(address, documents, CancellationToken.None);
            if (string.IsNullOrEmpty(configuration.Issuer) || configuration.JsonWebKeySet?.Keys.Any(Signs) != true)
            {
                throw new InvalidDataException("It has no issuer or no keys.");
            }

            lock (gate)
            {
                read = now;
            }

            known = new KnownMetadata(configuration, false);
        }
        catch (Exception failure)
        {
            // Whatever went wrong, out there or in what came: the keys that are known stay, and the next try is not far.
            known = new KnownMetadata(known.Configuration, true);
            Unreadable(logger, failure, address);
        }
    }

    [LoggerMessage(70, LogLevel.Warning, "The metadata {Address} cannot be read")]
    private static partial void Unreadable(ILogger logger, Exception failure, string address);
}
