namespace Serverless.Local.Sqlite;

/// <summary>Where the database is and how patient it is.</summary>
public sealed record SqliteOptions
{
    /// <summary>The database's file; its folder is made where there is none. Beside it SQLite keeps "-wal" and "-shm".</summary>
    public required string Path { get; init; }

    /// <summary>How long an operation waits for another process's lock before it fails. Default 5 s.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many writes may wait for the disk; further callers wait (asynchronously) for room. Default 1,024.</summary>
    public int QueueCapacity { get; init; } = 1024;

    /// <summary>The most pages of 4 KiB that the file may have, or null for SQLite's own limit. Beyond it a write fails as on a full disk.</summary>
    public int? MaxPages { get; init; }
}
