using System.Globalization;
using Serverless.Domain.Documents;

namespace Serverless.Local.Sqlite;

/// <summary>The tables of the file, and the settings of the connection that writes them.</summary>
internal static class Schema
{
    private const int Version = 2;

    // The body is the last column: a long one overflows to further pages, which reading what stands before it need not touch.
    // The indexes of type, owner, source and status leave out documents without the member and go on by time: "of this source, newest first" is one range.
    // A run's sequence is never given twice (AUTOINCREMENT), though compaction removes the last run.
    private static readonly string Tables = $"""
        CREATE TABLE documents (
          partition TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, etag INTEGER NOT NULL, expires INTEGER,
          {KeyColumn("type")}, {KeyColumn("owner")}, {KeyColumn("name")}, {KeyColumn("source")}, {KeyColumn("status")}, {KeyColumn("time")},
          body TEXT NOT NULL,
          UNIQUE (partition, kind, id)
        );
        {PartialIndex("type")}; {PartialIndex("owner")}; {PartialIndex("source")}; {PartialIndex("status")};
        CREATE INDEX documents_by_name ON documents (partition, kind, name_key, id);
        CREATE INDEX documents_by_time ON documents (partition, kind, time_key, id);
        CREATE INDEX documents_by_expiry ON documents (expires) WHERE expires IS NOT NULL;

        CREATE TABLE partitions (
          id INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, database TEXT NOT NULL, shard INTEGER NOT NULL, version INTEGER NOT NULL,
          UNIQUE (tenant, database, shard)
        );
        CREATE TABLE runs (seq INTEGER PRIMARY KEY AUTOINCREMENT, partition INTEGER NOT NULL REFERENCES partitions, payload BLOB NOT NULL);
        CREATE INDEX runs_by_partition ON runs (partition, seq);
        CREATE TABLE sealed (partition INTEGER NOT NULL REFERENCES partitions, key TEXT NOT NULL, seq INTEGER NOT NULL, payload BLOB NOT NULL);
        CREATE UNIQUE INDEX sealed_by_key ON sealed (partition, key);
        """;

    // SQLite plans by statistics, and guesses badly without: it would walk a whole kind by id rather than search an index and sort. These are fixed (a
    // million documents, ten thousand to a kind), so that a plan never changes under load.
    private const string Statistics = """
        ANALYZE;
        DELETE FROM sqlite_stat1;
        INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
          ('documents', 'sqlite_autoindex_documents_1', '1000000 100000 10000 1'),
          ('documents', 'documents_by_type', '1000000 100000 10000 1000 2 1'),
          ('documents', 'documents_by_owner', '1000000 100000 10000 100 2 1'),
          ('documents', 'documents_by_source', '1000000 100000 10000 100 2 1'),
          ('documents', 'documents_by_status', '1000000 100000 10000 1000 2 1'),
          ('documents', 'documents_by_name', '1000000 100000 10000 2 1'),
          ('documents', 'documents_by_time', '1000000 100000 10000 2 1'),
          ('documents', 'documents_by_expiry', '100000 10');
        ANALYZE sqlite_schema
        """;

    /// <summary>Sets the writer's connection up and creates the tables where there are none.</summary>
    public static void Prepare(Connection connection, SqliteOptions options)
    {
        UseWriteAheadLog(connection, options);
        // FULL fsyncs the log at each commit; NORMAL only at checkpoints, so that a power cut could take acknowledged writes.
        connection.Script(
            "PRAGMA synchronous=FULL; PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864"
        );
        if (options.MaxPages is { } pages)
        {
            connection.Script($"PRAGMA max_page_count={pages}");
        }

        if (ReadVersion(connection, options) < Version)
        {
            Create(connection, options);
        }
    }

    private static void UseWriteAheadLog(Connection connection, SqliteOptions options)
    {
        if (connection.Scalar("PRAGMA journal_mode=WAL") != "wal")
        {
            throw new StoreUnavailableException(
                $"The database {options.Path} cannot keep a write-ahead log: its file system must allow shared memory."
            );
        }
    }

    private static void Create(Connection connection, SqliteOptions options)
    {
        connection.Execute("BEGIN IMMEDIATE");
        // Another process may have been first.
        var version = ReadVersion(connection, options);
        if (version == 0)
        {
            connection.Script($"{Tables}; {Statistics}");
        }

        if (version < 2)
        {
            connection.Script($"{FragmentIndex.Tables}; {FragmentIndex.Fill}");
        }

        connection.Script($"PRAGMA user_version={Version}");

        connection.Execute("COMMIT");
    }

    private static long ReadVersion(Connection connection, SqliteOptions options)
    {
        var version = long.Parse(connection.Scalar("PRAGMA user_version"), CultureInfo.InvariantCulture);
        return version <= Version
            ? version
            : throw new StoreUnavailableException(
                $"The database {options.Path} has version {version}; this program knows versions up to {Version}. Use the program that wrote it, or another file."
            );
    }

    private static string KeyColumn(string name) => $"{name}_key GENERATED ALWAYS AS ({MemberKey.Expression($"'$.\"{name}\"'")}) STORED";

    private static string PartialIndex(string name) =>
        $"CREATE INDEX documents_by_{name} ON documents (partition, kind, {name}_key, time_key, id) WHERE {name}_key > {MemberKey.Null}";
}
