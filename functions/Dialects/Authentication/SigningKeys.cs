using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Serverless.Domain.Documents;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Authentication;

/// <summary>The keys that sign access tokens, as this instance knows them. Rotation adds one; tokens that older ones signed stay good.</summary>
public sealed class SigningKeys(ISigningKeyStore store, TimeProvider time) : IDisposable
{
    // A token of a key that is not known here makes us look again, but not more often than this: made-up key ids cost nothing.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    // How late this instance signs with a key that another one made.
    private static readonly TimeSpan CacheTime = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim gate = new(1);
    private volatile Known known = new([], DateTimeOffset.MinValue, null);

    /// <summary>The key that signs now; the first is made when it is first asked for. While the store is away the keys that are known go on.</summary>
    /// <exception cref="StoreUnavailableException">No key is known, and none can be read or made now.</exception>
    internal async ValueTask<ECDsaSecurityKey> GetCurrentAsync(CancellationToken cancellation)
    {
        if (known.Keys.Length == 0 || time.GetUtcNow() - known.Read > CacheTime)
        {
            await ReadAsync(known.Keys.Length == 0 ? TimeSpan.Zero : CacheTime, cancellation);
        }

        return Current() ?? await AddAsync(first: true, cancellation);
    }

    /// <summary>The key of this id, or null.</summary>
    /// <exception cref="StoreUnavailableException">It is not known, and the store cannot say now whether it is one.</exception>
    internal async ValueTask<SecurityKey?> FindAsync(string id, CancellationToken cancellation)
    {
        if (Find(id) is { } key)
        {
            return key;
        }

        if (time.GetUtcNow() - known.Read > LookAgain)
        {
            await ReadAsync(LookAgain, cancellation);
        }

        return Find(id) ?? (known.Failure is { } away ? throw new StoreUnavailableException(away.Message, away) : null);
    }

    /// <summary>Adds a key, which signs from now on; whoever is logged in stays so.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> RotateAsync(CancellationToken cancellation) => (await AddAsync(first: false, cancellation)).KeyId;

    public void Dispose() => gate.Dispose();

    private ECDsaSecurityKey? Find(string id) => Array.Find(known.Keys, key => key.Key.KeyId == id)?.Key;

    /// <summary>The newest that has begun to sign; where none has (another machine's clock made it), the next that will.</summary>
    private ECDsaSecurityKey? Current()
    {
        var (keys, now) = (known.Keys, time.GetUtcNow());
        return (Array.FindLast(keys, key => key.Time <= now) ?? keys.FirstOrDefault())?.Key;
    }

    private async Task<ECDsaSecurityKey> AddAsync(bool first, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            if (first && Current() is { } other)
            {
                return other;
            }

            using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var made = Import(await store.AddAsync(Convert.ToBase64String(ecdsa.ExportPkcs8PrivateKey()), cancellation));
            known = known with { Keys = [.. known.Keys, made] };
            return made.Key;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task ReadAsync(TimeSpan unlessWithin, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            if (time.GetUtcNow() - known.Read <= unlessWithin)
            {
                return;
            }

            var before = known.Keys;
            var keys = (await store.ListAsync(cancellation))
                .OrderBy(key => key.Time)
                .ThenBy(key => key.Id, StringComparer.Ordinal)
                .Select(key => Array.Find(before, old => old.Key.KeyId == key.Id) is { } old ? old with { Time = key.Time } : Import(key));
            known = new Known([.. keys], time.GetUtcNow(), null);
        }
        catch (StoreUnavailableException away) when (known.Keys.Length > 0)
        {
            known = known with { Read = time.GetUtcNow(), Failure = away };
        }
        finally
        {
            gate.Release();
        }
    }

    private static KnownKey Import(SigningKey key)
    {
        var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(Convert.FromBase64String(key.PrivateKey), out _);
        return new KnownKey(new ECDsaSecurityKey(ecdsa) { KeyId = key.Id }, key.Time);
    }

    private sealed record KnownKey(ECDsaSecurityKey Key, DateTimeOffset Time);

    /// <param name="Keys">Oldest first.</param>
    /// <param name="Read">When they were last read, or tried to be.</param>
    /// <param name="Failure">Why that failed, where it did.</param>
    private sealed record Known(KnownKey[] Keys, DateTimeOffset Read, StoreUnavailableException? Failure);
}
