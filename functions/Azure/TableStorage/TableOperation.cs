namespace Serverless.Azure.TableStorage;

/// <summary>One operation of a transaction, on one entity.</summary>
/// <param name="Method">The verb of its request.</param>
/// <param name="RowKey">The entity's row key.</param>
/// <param name="Entity">The entity as JSON, with its keys; empty for a deletion.</param>
/// <param name="IfMatch">The ETag that the entity must have, * for any; null where it need not exist.</param>
internal sealed record TableOperation(string Method, string RowKey, ReadOnlyMemory<byte> Entity, string? IfMatch)
{
    /// <summary>The most operations of a transaction.</summary>
    public const int MostPerTransaction = 100;

    /// <summary>The most bytes of a transaction's request: 4 MiB, less what stands around the operations.</summary>
    public const int MostBytes = (4 << 20) - 4096;

    /// <summary>What a request within the transaction takes beside its entity and its keys: boundary, headers and the service's address.</summary>
    private const int Around = 700;

    /// <summary>At least as many bytes as it takes on the wire. A key is escaped to at most three times its length, and stands in the address.</summary>
    public int Size => Entity.Length + Around + (3 * RowKey.Length);

    /// <summary>Adds an entity. It fails with 409 where there is one of these keys.</summary>
    public static TableOperation Insert(EntityJson entity) => new("POST", entity.RowKey, entity.ToBytes(), null);

    /// <summary>Puts an entity in place of that of these keys, if there is one.</summary>
    public static TableOperation Replace(EntityJson entity) => new("PUT", entity.RowKey, entity.ToBytes(), null);

    /// <summary>Sets properties of an entity and leaves its others. It fails with 404 where there is none.</summary>
    public static TableOperation Merge(EntityJson entity) => new("MERGE", entity.RowKey, entity.ToBytes(), "*");

    /// <summary>Removes an entity. It fails with 404 where there is none and with 412 where it has another ETag.</summary>
    public static TableOperation Delete(string rowKey, string etag = "*") => new("DELETE", rowKey, default, etag);
}
