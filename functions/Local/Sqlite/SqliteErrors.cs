using Microsoft.Data.Sqlite;
using Serverless.Domain.Documents;
using SQLitePCL;

namespace Serverless.Local.Sqlite;

/// <summary>SQLite's result codes (https://sqlite.org/rescode.html) as the exceptions of the ports.</summary>
internal static class SqliteErrors
{
    /// <summary>What a failing call means: unavailable where trying again may help, cancelled where a caller interrupted it, else a defect.</summary>
    public static Exception ToException(string path, int code, int extendedCode, string message)
    {
        var inner = new SqliteException($"SQLite error {extendedCode}: {message}", code, extendedCode);
        return (code & 0xff) switch
        {
            raw.SQLITE_FULL => Unavailable("cannot grow: the disk is full or the page limit is reached"),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PROTOCOL => Unavailable("is locked by another process"),
            raw.SQLITE_IOERR => Unavailable("cannot be read or written: an input/output error"),
            raw.SQLITE_READONLY => Unavailable("is read-only"),
            raw.SQLITE_CANTOPEN => Unavailable("cannot be opened"),
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => Unavailable("is damaged or no database"),
            raw.SQLITE_NOMEM => Unavailable("ran out of memory"),
            raw.SQLITE_PERM or raw.SQLITE_AUTH => Unavailable("may not be accessed"),
            raw.SQLITE_INTERRUPT => new OperationCanceledException("The query was cancelled.", inner),
            _ => new InvalidOperationException($"SQLite refused: {message} ({extendedCode}).", inner),
        };

        StoreUnavailableException Unavailable(string what) => new($"The database {path} {what} ({message}).", inner);
    }
}
