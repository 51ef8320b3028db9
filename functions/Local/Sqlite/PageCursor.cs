using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Serverless.Domain.Documents;

namespace Serverless.Local.Sqlite;

/// <summary>Where a page ended: the keys by which its last document was ordered, its id last.</summary>
/// <remarks>As text it is base64url of a check sum and the values. The sum covers the order too, so that a cursor of another order is refused, as garbage is.</remarks>
internal static class PageCursor
{
    private const int SumSize = 8;

    public static string Write(IReadOnlyList<Ordering> order, IReadOnlyList<SqlValue> values)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        foreach (var value in values)
        {
            writer.Write((byte)value.Type);
            if (value.Type == SqlType.Real)
            {
                writer.Write(value.Number);
            }
            else
            {
                writer.Write7BitEncodedInt(value.Bytes.Length);
                writer.Write(value.Bytes.Span);
            }
        }

        var payload = stream.ToArray();
        return Base64Url.EncodeToString([.. Sum(order, payload), .. payload]);
    }

    /// <summary>Reads a cursor.</summary>
    /// <exception cref="ArgumentException">It is not one that <see cref="Write"/> gave for this order.</exception>
    public static IReadOnlyList<SqlValue> Read(IReadOnlyList<Ordering> order, string cursor)
    {
        if (!Base64Url.IsValid(cursor) || Base64Url.DecodeFromChars(cursor) is not { Length: > SumSize } bytes)
        {
            throw Invalid(nameof(cursor));
        }

        var payload = bytes[SumSize..];
        if (!bytes.AsSpan(0, SumSize).SequenceEqual(Sum(order, payload)))
        {
            throw Invalid(nameof(cursor));
        }

        using var reader = new BinaryReader(new MemoryStream(payload));
        var values = new List<SqlValue>();
        while (reader.BaseStream.Position < payload.Length)
        {
            values.Add(ReadValue(reader));
        }

        return values.Count == order.Count + 1 ? values : throw Invalid(nameof(cursor));
    }

    private static SqlValue ReadValue(BinaryReader reader) =>
        (SqlType)reader.ReadByte() switch
        {
            SqlType.Real => SqlValue.Of(reader.ReadDouble()),
            SqlType.Text => SqlValue.OfText(reader.ReadBytes(reader.Read7BitEncodedInt())),
            _ => SqlValue.OfBlob(reader.ReadBytes(reader.Read7BitEncodedInt())),
        };

    private static byte[] Sum(IReadOnlyList<Ordering> order, byte[] payload)
    {
        var text = string.Concat(order.Select(by => $"{MemberKey.JsonPath(by.Path)} {by.Descending}\n"));
        return SHA256.HashData([.. Encoding.UTF8.GetBytes(text), .. payload])[..SumSize];
    }

    private static ArgumentException Invalid(string parameter) => new("The cursor is not one that this query gave.", parameter);
}
