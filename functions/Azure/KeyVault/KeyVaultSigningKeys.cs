using System.Collections.Concurrent;
using System.Security.Cryptography;
using Azure;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Logging;
using Serverless.Domain.Documents;
using Serverless.Domain.Users;

namespace Serverless.Azure.KeyVault;

/// <summary>The signing keys as the versions of one secret, each PKCS #8 in base64, or PEM where a person has put it there.</summary>
/// <remarks>
/// A version's name is the key's id. It signs from its creation on, or from its nbf where that is later, so that a key can be published before it signs. A version
/// that is disabled or has expired is no key any more: the tokens that it signed end with it. Writing needs the role Key Vault Secrets Officer, reading Key Vault
/// Secrets User. Wire format: https://learn.microsoft.com/rest/api/keyvault/secrets.
/// </remarks>
public sealed partial class KeyVaultSigningKeys(
    SecretClient client,
    KeyVaultOptions options,
    TimeProvider time,
    ILogger<KeyVaultSigningKeys> logger
) : ISigningKeyStore
{
    /// <summary>So many versions are keys, the newest: each costs a request when an instance starts.</summary>
    public const int MostKeys = 100;

    private const string ContentType = "application/pkcs8";
    private const int Parallel = 8;

    // A version's value never changes: it is read once. Null where it is no key.
    private readonly ConcurrentDictionary<string, string?> values = new();

    public Task<IReadOnlyList<SigningKey>> ListAsync(CancellationToken cancellation) => GuardAsync(ReadAsync, cancellation);

    public Task<SigningKey> AddAsync(string privateKey, CancellationToken cancellation) =>
        GuardAsync(
            async token =>
            {
                var secret = new KeyVaultSecret(options.SecretName, privateKey) { Properties = { ContentType = ContentType } };
                var version = (await client.SetSecretAsync(secret, token)).Value.Properties;
                values[version.Version] = privateKey;
                return new SigningKey(version.Version, privateKey, BeginOf(version));
            },
            cancellation
        );

    private static DateTimeOffset BeginOf(SecretProperties version)
    {
        var created = version.CreatedOn ?? DateTimeOffset.MinValue;
        return version.NotBefore > created ? version.NotBefore.Value : created;
    }

    private static string? ToPrivateKey(string value)
    {
        using var key = ECDsa.Create();
        try
        {
            if (value.TrimStart().StartsWith("-----BEGIN", StringComparison.Ordinal))
            {
                key.ImportFromPem(value);
            }
            else
            {
                key.ImportPkcs8PrivateKey(Convert.FromBase64String(value), out _);
            }

            var isP256 = key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value;
            return isP256 ? Convert.ToBase64String(key.ExportPkcs8PrivateKey()) : null;
        }
        catch (Exception wrong) when (wrong is CryptographicException or FormatException or ArgumentException)
        {
            return null; // whoever logs it must not see what it is
        }
    }

    private async Task<IReadOnlyList<SigningKey>> ReadAsync(CancellationToken cancellation)
    {
        var versions = await ListVersionsAsync(cancellation);
        var missing = versions.Where(version => !values.ContainsKey(version.Version));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellation };
        await System.Threading.Tasks.Parallel.ForEachAsync(missing, parallel, ReadValueAsync);
        return
        [
            .. versions
                .Where(version => values[version.Version] is not null)
                .Select(version => new SigningKey(version.Version, values[version.Version]!, BeginOf(version))),
        ];
    }

    private async Task<List<SecretProperties>> ListVersionsAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var good = new List<SecretProperties>();
        try
        {
            await foreach (var version in client.GetPropertiesOfSecretVersionsAsync(options.SecretName, cancellation))
            {
                if (version.Enabled != false && !(version.ExpiresOn <= now))
                {
                    good.Add(version);
                }
            }
        }
        catch (RequestFailedException none) when (none.Status == 404)
        {
            return []; // nobody has made a key yet
        }

        return [.. good.OrderByDescending(BeginOf).Take(MostKeys)];
    }

    private async ValueTask ReadValueAsync(SecretProperties version, CancellationToken cancellation)
    {
        var secret = (await client.GetSecretAsync(options.SecretName, version.Version, cancellation)).Value;
        values[version.Version] = ToPrivateKey(secret.Value);
        if (values[version.Version] is null)
        {
            NoKey(logger, version.Version, options.SecretName);
        }
    }

    private async Task<T> GuardAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        try
        {
            return await call(cancellation);
        }
        catch (Exception failure) when (IsAway(failure) && !cancellation.IsCancellationRequested)
        {
            Away(logger, failure, options.SecretName);
            throw new StoreUnavailableException("The vault of the signing keys does not answer as it should.", failure);
        }
    }

    /// <summary>Refused, throttled or not reached at all after the client's own retries (which it reports as an aggregate), or no token for it to be had.</summary>
    private static bool IsAway(Exception failure) =>
        failure is RequestFailedException or AuthenticationFailedException or AggregateException or OperationCanceledException;

    [LoggerMessage(80, LogLevel.Warning, "The version {Version} of the secret {Secret} is no private key on P-256 and signs nothing")]
    private static partial void NoKey(ILogger logger, string version, string secret);

    [LoggerMessage(81, LogLevel.Error, "The vault's secret {Secret} cannot be used")]
    private static partial void Away(ILogger logger, Exception failure, string secret);
}
