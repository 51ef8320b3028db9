using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Authentication;

/// <summary>The keys that sign access tokens, kept in the store so that every instance knows them. Rotation adds one; tokens that older ones signed stay good.</summary>
public sealed class SigningKeys(IDocumentStore store, TimeProvider time) : IDisposable
{
    // A token of a key that is not known here makes us look again, but not more often than this: made-up key ids cost nothing.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    // How late this instance signs with a key that another one made.
    private static readonly TimeSpan CacheTime = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim gate = new(1);
    private volatile Known known = new([], DateTimeOffset.MinValue);

    /// <summary>The key that signs now; the first is made when it is first asked for.</summary>
    internal async ValueTask<ECDsaSecurityKey> GetCurrentAsync(CancellationToken cancellation)
    {
        if (known.Keys.Length == 0 || time.GetUtcNow() - known.Read > CacheTime)
        {
            await ReadAsync(TimeSpan.Zero, cancellation);
        }

        return known.Keys.Length > 0 ? known.Keys[^1] : await AddAsync(first: true, cancellation);
    }

    /// <summary>The key of this id, or null.</summary>
    internal async ValueTask<SecurityKey?> FindAsync(string id, CancellationToken cancellation)
    {
        var key = Array.Find(known.Keys, key => key.KeyId == id);
        if (key is null && time.GetUtcNow() - known.Read > LookAgain)
        {
            await ReadAsync(LookAgain, cancellation);
            key = Array.Find(known.Keys, candidate => candidate.KeyId == id);
        }

        return key;
    }

    /// <summary>Adds a key, which signs from now on; whoever is logged in stays so.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> RotateAsync(CancellationToken cancellation) => (await AddAsync(first: false, cancellation)).KeyId;

    public void Dispose() => gate.Dispose();

    private async Task<ECDsaSecurityKey> AddAsync(bool first, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            if (first && known.Keys.Length > 0)
            {
                return known.Keys[^1];
            }

            using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var now = time.GetUtcNow();
            var id = $"{now:yyyyMMddHHmmss}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
            var key = new SigningKey(id, Convert.ToBase64String(ecdsa.ExportPkcs8PrivateKey()), now);
            var write = new DocumentWrite(WriteMode.Create, Kinds.SigningKey, id, SigningKeyJson.Default.SigningKey.ToBody(key));
            await store.CommitAsync(Partitions.System, write, cancellation);
            var made = Import(key);
            known = new Known([.. known.Keys, made], known.Read);
            return made;
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

            var query = new DocumentQuery(Partitions.System, Kinds.SigningKey, Order: [new Ordering("time")], Limit: 1000);
            var (stored, _) = await store.QueryAsync(query, SigningKeyJson.Default.SigningKey, cancellation);
            var before = known.Keys;
            var keys = stored.Select(key => Array.Find(before, old => old.KeyId == key.Value.Id) ?? Import(key.Value));
            known = new Known([.. keys], time.GetUtcNow());
        }
        finally
        {
            gate.Release();
        }
    }

    private static ECDsaSecurityKey Import(SigningKey key)
    {
        var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(Convert.FromBase64String(key.PrivateKey), out _);
        return new ECDsaSecurityKey(ecdsa) { KeyId = key.Id };
    }

    private sealed record Known(ECDsaSecurityKey[] Keys, DateTimeOffset Read);
}
