using System.Collections.Concurrent;

namespace Serverless.Local.Sqlite;

/// <summary>Connections for reading. There is no upper limit, since a reader may hold one while it asks for another; a few idle ones are kept.</summary>
internal sealed class ReaderPool(Func<Connection> open) : IDisposable
{
    private const int Kept = 16;

    private readonly ConcurrentStack<Connection> idle = new();
    private volatile bool disposed;

    public Lease Rent()
    {
        ObjectDisposedException.ThrowIf(disposed, typeof(SqliteDatabase));
        return new Lease(this, idle.TryPop(out var connection) ? connection : open());
    }

    public void Dispose()
    {
        disposed = true;
        while (idle.TryPop(out var connection))
        {
            connection.Dispose();
        }
    }

    private void Return(Connection connection)
    {
        if (disposed || idle.Count >= Kept)
        {
            connection.Dispose();
            return;
        }

        idle.Push(connection);
        if (disposed)
        {
            Dispose();
        }
    }

    /// <summary>A rented connection; disposing it gives it back.</summary>
    internal readonly struct Lease(ReaderPool pool, Connection connection) : IDisposable
    {
        public Connection Connection => connection;

        public void Dispose() => pool.Return(connection);
    }
}
