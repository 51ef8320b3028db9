using Serverless.Domain.Documents;

namespace Serverless.Local.Sqlite;

/// <summary>The one file behind the local stores: write-ahead log, one writer with group commit, readers beside it.</summary>
/// <remarks><para>A write is acknowledged after its commit's fsync (synchronous=FULL), so it survives SIGKILL and a power cut. Other processes may open the
/// same file: their writes are seen by the next read, and their locks are waited for.</para></remarks>
public sealed class SqliteDatabase : IAsyncDisposable
{
    private readonly Connection main;
    private readonly GroupCommitWriter writer;
    private readonly ReaderPool readers;
    private int disposed;

    private SqliteDatabase(SqliteOptions options, Connection connection)
    {
        main = connection;
        writer = new GroupCommitWriter(connection, options.QueueCapacity);
        readers = new ReaderPool(() => OpenReader(options));
    }

    /// <summary>The transactions that this process committed: far fewer than its writes when many are issued at once.</summary>
    public long Commits => writer.Commits;

    /// <summary>Opens or creates the database.</summary>
    /// <exception cref="StoreUnavailableException">The file cannot be opened, is locked, is no database, or was written by a newer version.</exception>
    public static SqliteDatabase Open(SqliteOptions options)
    {
        CreateFolder(options.Path);
        var connection = Connection.Open(options);
        try
        {
            Schema.Prepare(connection, options);
            return new SqliteDatabase(options, connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Completes the writes that wait, moves the log into the file and closes it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 1)
        {
            return;
        }

        await writer.DisposeAsync();
        readers.Dispose();
        try
        {
            main.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (StoreUnavailableException)
        {
            // The log stays and is read at the next start; nothing is lost.
        }

        main.Dispose();
    }

    internal Task<T> WriteAsync<T>(Func<Connection, T> work, CancellationToken cancellation) => writer.RunAsync(work, cancellation);

    internal ReaderPool.Lease Read() => readers.Rent();

    private static void CreateFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The database's folder cannot be made: {exception.Message}", exception);
        }
    }

    private static Connection OpenReader(SqliteOptions options)
    {
        var reader = Connection.Open(options);
        try
        {
            reader.Script("PRAGMA query_only=1; PRAGMA cache_size=-8192");
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }
}
