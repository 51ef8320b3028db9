using System.Runtime.CompilerServices;
using Serverless.Domain.Series;

namespace Serverless.Local.Sqlite;

/// <summary>Runs and sealed rows in SQLite. A reader sees one snapshot from its first row to its last, whatever compaction does meanwhile.</summary>
public sealed class SqliteRunStore(SqliteDatabase database) : IRunStore
{
    private const string Partition = "(SELECT id FROM partitions WHERE tenant = ?1 AND database = ?2 AND shard = ?3)";
    private const string AddPartitionSql =
        "INSERT INTO partitions (tenant, database, shard, version) SELECT ?1, ?2, ?3, 0 WHERE NOT EXISTS (SELECT 1 FROM partitions WHERE tenant = ?1 AND database = ?2 AND shard = ?3)";
    private const string AppendSql = $"INSERT INTO runs (partition, payload) VALUES ({Partition}, ?4) RETURNING seq";
    private const string RunsSql = $"SELECT seq, payload FROM runs WHERE partition = {Partition} AND seq > ?4 ORDER BY seq";
    private const string SealedSql =
        $"SELECT key, seq, payload FROM sealed WHERE partition = {Partition} AND key >= ?4 AND (?5 = 0 OR key < ?6) ORDER BY key";
    private const string PutSql =
        $"INSERT INTO sealed (partition, key, seq, payload) VALUES ({Partition}, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET seq = excluded.seq, payload = excluded.payload";
    private const string DeleteSealedSql = $"DELETE FROM sealed WHERE partition = {Partition} AND key = ?4";
    private const string DeleteRunsSql = $"DELETE FROM runs WHERE partition = {Partition} AND seq <= ?4";
    private const string ChangeSql = "UPDATE partitions SET version = version + 1 WHERE tenant = ?1 AND database = ?2 AND shard = ?3";
    private const string VersionSql = "SELECT version FROM partitions WHERE tenant = ?1 AND database = ?2 AND shard = ?3";
    private const string ListSql =
        "SELECT tenant, database, shard FROM partitions AS p WHERE (?1 = 0 OR tenant = ?2) AND (EXISTS (SELECT 1 FROM runs WHERE partition = p.id) OR EXISTS (SELECT 1 FROM sealed WHERE partition = p.id)) ORDER BY tenant, database, shard";

    public Task<long> AppendAsync(SeriesPartition partition, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        CheckSize(payload);
        return database.WriteAsync(
            connection =>
            {
                AddPartition(connection, partition);
                using var statement = Bind(connection.Use(AppendSql), partition).BindBlob(4, payload.Span);
                statement.Step();
                return statement.Integer(0);
            },
            cancellation
        );
    }

    public IAsyncEnumerable<StoredRun> ReadRunsAsync(SeriesPartition partition, long after, CancellationToken cancellation) =>
        Read(
            RunsSql,
            statement => Bind(statement, partition).Bind(4, after),
            statement => new StoredRun(statement.Integer(0), statement.Bytes(1)),
            cancellation
        );

    public IAsyncEnumerable<SealedRow> ReadSealedAsync(
        SeriesPartition partition,
        string? from,
        string? to,
        CancellationToken cancellation
    ) =>
        Read(
            SealedSql,
            statement => Bind(statement, partition).Bind(4, from ?? "").Bind(5, to is null ? 0 : 1).Bind(6, to ?? ""),
            statement => new SealedRow(statement.Text(0), statement.Integer(1), statement.Bytes(2)),
            cancellation
        );

    public Task CompactAsync(SeriesPartition partition, Compaction compaction, CancellationToken cancellation)
    {
        foreach (var row in compaction.Puts)
        {
            CheckSize(row.Payload);
        }

        return database.WriteAsync(connection => Compact(connection, partition, compaction), cancellation);
    }

    public IAsyncEnumerable<SeriesPartition> ListPartitionsAsync(string? tenant, CancellationToken cancellation) =>
        Read(
            ListSql,
            statement => statement.Bind(1, tenant is null ? 0 : 1).Bind(2, tenant ?? ""),
            statement => new SeriesPartition(statement.Text(0), statement.Text(1), (int)statement.Integer(2)),
            cancellation
        );

    /// <inheritdoc/>
    /// <remarks>One look-up by key on a pooled connection, some microseconds: it sees the compactions of other processes too.</remarks>
    public ValueTask<long> GetSealedVersionAsync(SeriesPartition partition, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var lease = database.Read();
        using var statement = Bind(lease.Connection.Use(VersionSql), partition);
        return ValueTask.FromResult(statement.Step() ? statement.Integer(0) : 0);
    }

    private static bool Compact(Connection connection, SeriesPartition partition, Compaction compaction)
    {
        AddPartition(connection, partition);
        // Deletes come first: a key that is both replaced and put stays.
        foreach (var key in compaction.Deletes)
        {
            using var delete = Bind(connection.Use(DeleteSealedSql), partition).Bind(4, key);
            delete.Step();
        }

        foreach (var row in compaction.Puts)
        {
            using var put = Bind(connection.Use(PutSql), partition).Bind(4, row.Key).Bind(5, row.Sequence).BindBlob(6, row.Payload.Span);
            put.Step();
        }

        using var runs = Bind(connection.Use(DeleteRunsSql), partition).Bind(4, compaction.RunsThrough);
        runs.Step();
        if (compaction.Puts.Count + compaction.Deletes.Count > 0)
        {
            using var change = Bind(connection.Use(ChangeSql), partition);
            change.Step();
        }

        return true;
    }

    private static void AddPartition(Connection connection, SeriesPartition partition)
    {
        using var statement = Bind(connection.Use(AddPartitionSql), partition);
        statement.Step();
    }

    private async IAsyncEnumerable<T> Read<T>(
        string sql,
        Action<Statement> bind,
        Func<Statement, T> read,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await Task.CompletedTask;
        cancellation.ThrowIfCancellationRequested();
        using var lease = database.Read();
        using var statement = lease.Connection.Use(sql);
        bind(statement);
        while (statement.Step())
        {
            yield return read(statement);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private static Statement Bind(Statement statement, SeriesPartition partition) =>
        statement.Bind(1, partition.Tenant).Bind(2, partition.Database).Bind(3, partition.Shard);

    private static void CheckSize(ReadOnlyMemory<byte> payload) =>
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, IRunStore.MaxPayload, nameof(payload));
}
