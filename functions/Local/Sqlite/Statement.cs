using System.Buffers;
using System.Text;
using SQLitePCL;

namespace Serverless.Local.Sqlite;

/// <summary>A prepared statement of one connection. Disposing it resets it for its next use; the connection's end finalises it.</summary>
/// <remarks>Straight on SQLite's C functions: ADO.NET's commands copy each value once more and sleep 150 ms between tries at a locked file.</remarks>
internal sealed class Statement(Connection connection, sqlite3_stmt handle) : IDisposable
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public Statement Bind(int index, string value)
    {
        var size = Strict.GetMaxByteCount(value.Length);
        byte[]? rented = null;
        var bytes = size <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            return BindText(index, bytes[..Strict.GetBytes(value, bytes)]);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>Binds UTF-8 text.</summary>
    public Statement BindText(int index, ReadOnlySpan<byte> utf8)
    {
        // An empty span pins as a null pointer, which SQLite takes for NULL.
        return Check(utf8.IsEmpty ? raw.sqlite3_bind_text(handle, index, "") : raw.sqlite3_bind_text(handle, index, utf8));
    }

    public Statement BindBlob(int index, ReadOnlySpan<byte> bytes)
    {
        return Check(bytes.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, index, 0) : raw.sqlite3_bind_blob(handle, index, bytes));
    }

    public Statement Bind(int index, long value) => Check(raw.sqlite3_bind_int64(handle, index, value));

    public Statement Bind(int index, long? value) =>
        value is { } number ? Bind(index, number) : Check(raw.sqlite3_bind_null(handle, index));

    public Statement Bind(int index, SqlValue value) =>
        value.Type switch
        {
            SqlType.Real => Check(raw.sqlite3_bind_double(handle, index, value.Number)),
            SqlType.Integer => Bind(index, value.Integer),
            SqlType.Text => BindText(index, value.Bytes.Span),
            _ => BindBlob(index, value.Bytes.Span),
        };

    /// <summary>Runs to the next row; false at the end.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        return code switch
        {
            raw.SQLITE_ROW => true,
            raw.SQLITE_DONE => false,
            _ => throw connection.Failure(code),
        };
    }

    /// <summary>Runs a statement that gives no rows.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Run()
    {
        Step();
        return connection.Changes;
    }

    public long Integer(int column) => raw.sqlite3_column_int64(handle, column);

    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(handle, column));

    /// <summary>A copy of a column's bytes.</summary>
    public byte[] Bytes(int column) => raw.sqlite3_column_blob(handle, column).ToArray();

    public SqlValue Value(int column) =>
        raw.sqlite3_column_type(handle, column) switch
        {
            raw.SQLITE_FLOAT => SqlValue.Of(raw.sqlite3_column_double(handle, column)),
            raw.SQLITE_INTEGER => SqlValue.Of(Integer(column)),
            raw.SQLITE_TEXT => SqlValue.OfText(Bytes(column)),
            _ => SqlValue.OfBlob(Bytes(column)),
        };

    public void Dispose()
    {
        // A reset repeats the error of the last step, which has been thrown already.
        _ = raw.sqlite3_reset(handle);
        _ = raw.sqlite3_clear_bindings(handle);
    }

    /// <summary>Ends the statement for good.</summary>
    public void Close() => handle.Dispose();

    private Statement Check(int code) => code == raw.SQLITE_OK ? this : throw connection.Failure(code);
}
