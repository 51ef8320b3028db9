using System.Text;

namespace Serverless.Local.Sqlite;

internal enum SqlType : byte
{
    Real = 1,
    Text = 2,
    Blob = 3,
    Integer = 4,
}

/// <summary>A value to bind or a value read: text as its UTF-8 bytes.</summary>
internal readonly record struct SqlValue(SqlType Type, double Number, long Integer, ReadOnlyMemory<byte> Bytes)
{
    // A lone surrogate has no UTF-8: replacing it would let two names meet in one, so it is an ArgumentException.
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static SqlValue Of(double number) => new(SqlType.Real, number, 0, default);

    public static SqlValue Of(long number) => new(SqlType.Integer, 0, number, default);

    public static SqlValue Of(string text) => new(SqlType.Text, 0, 0, Strict.GetBytes(text));

    public static SqlValue OfText(ReadOnlyMemory<byte> utf8) => new(SqlType.Text, 0, 0, utf8);

    public static SqlValue OfBlob(ReadOnlyMemory<byte> bytes) => new(SqlType.Blob, 0, 0, bytes);
}
