namespace Serverless.Domain.Users;

/// <summary>A key that signs our own access tokens: ECDSA on P-256.</summary>
/// <param name="Id">The key id in a token's header, unique in the cloud.</param>
/// <param name="PrivateKey">The private key, PKCS #8 in base64.</param>
/// <param name="Time">When it begins to sign; of those that have begun the newest signs, all verify.</param>
public sealed record SigningKey(string Id, string PrivateKey, DateTimeOffset Time)
{
    /// <summary>The key without its secret, for logs.</summary>
    public override string ToString() => $"{nameof(SigningKey)} {Id}";
}

/// <summary>Where the keys are kept that sign access tokens, the same for every instance of the cloud. A key's id never means another key.</summary>
public interface ISigningKeyStore
{
    /// <summary>Every key that is good, in no order.</summary>
    /// <exception cref="Documents.StoreUnavailableException">The keys cannot be read now.</exception>
    Task<IReadOnlyList<SigningKey>> ListAsync(CancellationToken cancellation);

    /// <summary>Adds a key, given as PKCS #8 in base64.</summary>
    /// <returns>The key as it is kept from now on.</returns>
    /// <exception cref="Documents.StoreUnavailableException">The key cannot be kept now.</exception>
    Task<SigningKey> AddAsync(string privateKey, CancellationToken cancellation);
}
