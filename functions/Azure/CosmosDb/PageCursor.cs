using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Serverless.Domain.Documents;

namespace Serverless.Azure.CosmosDb;

/// <summary>Where a page ended: the service's continuation token, or the sort keys of its last document where the store sorts.</summary>
/// <remarks>
/// As text it is base64url of a check sum, the time that the first page was asked at (a continuation goes with the very same query), and
/// the place. The sum covers partition, kind,
/// filter and order, so that another query's cursor is refused, as garbage is.
/// </remarks>
internal sealed record PageCursor(long Now, string Place)
{
    private const int SumSize = 8;

    public string Write(DocumentQuery query)
    {
        var payload = new byte[sizeof(long) + Encoding.UTF8.GetByteCount(Place)];
        BinaryPrimitives.WriteInt64BigEndian(payload, Now);
        Encoding.UTF8.GetBytes(Place, payload.AsSpan(sizeof(long)));
        return Base64Url.EncodeToString([.. Sum(query, payload), .. payload]);
    }

    /// <summary>The query's cursor, or null where it asks for the first page.</summary>
    /// <exception cref="ArgumentException">It is not one that this query gave.</exception>
    public static PageCursor? Read(DocumentQuery query)
    {
        if (query.Cursor is not { } text)
        {
            return null;
        }

        if (!Base64Url.IsValid(text) || Base64Url.DecodeFromChars(text) is not { Length: > SumSize + sizeof(long) } bytes)
        {
            throw Invalid(nameof(query));
        }

        var payload = bytes[SumSize..];
        return bytes.AsSpan(0, SumSize).SequenceEqual(Sum(query, payload))
            ? new PageCursor(BinaryPrimitives.ReadInt64BigEndian(payload), Encoding.UTF8.GetString(payload.AsSpan(sizeof(long))))
            : throw Invalid(nameof(query));
    }

    public static ArgumentException Invalid(string parameter, Exception? inner = null) =>
        new("The cursor is not one that this query gave.", parameter, inner);

    private static byte[] Sum(DocumentQuery query, byte[] payload)
    {
        var order = (query.Order ?? []).Select(by => $"{JsonSerializer.Serialize(by.Path.Names)} {by.Descending}");
        var (text, parameters) = DocumentSql.Matches(query, 0);
        string[] parts = [query.Partition, text, .. parameters.Select(parameter => $"{parameter.Value}"), .. order];
        return SHA256.HashData([.. JsonSerializer.SerializeToUtf8Bytes(parts), .. payload])[..SumSize];
    }
}
