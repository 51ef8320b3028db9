using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Serverless.Domain.Documents;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Authentication;

/// <summary>The signing keys as documents of the cloud's own store.</summary>
public sealed class DocumentSigningKeys(IDocumentStore store, TimeProvider time) : ISigningKeyStore
{
    public async Task<IReadOnlyList<SigningKey>> ListAsync(CancellationToken cancellation)
    {
        var query = new DocumentQuery(Partitions.System, Kinds.SigningKey, Order: [new Ordering("time")], Limit: 1000);
        var (stored, _) = await store.QueryAsync(query, SigningKeyJson.Default.SigningKey, cancellation);
        return [.. stored.Select(key => key.Value)];
    }

    public async Task<SigningKey> AddAsync(string privateKey, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var id = $"{now:yyyyMMddHHmmss}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        var key = new SigningKey(id, privateKey, now);
        var write = new DocumentWrite(WriteMode.Create, Kinds.SigningKey, id, SigningKeyJson.Default.SigningKey.ToBody(key));
        await store.CommitAsync(Partitions.System, write, cancellation);
        return key;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SigningKey))]
internal sealed partial class SigningKeyJson : JsonSerializerContext;
