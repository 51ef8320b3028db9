using System.Globalization;
using Serverless.Domain.Documents;

namespace Serverless.Local.Sqlite;

/// <summary>Documents in SQLite. Queries by type, owner, name, source, status and time are answered from indexes.</summary>
public sealed class SqliteDocumentStore(SqliteDatabase database, TimeProvider time) : IDocumentStore
{
    private const int SweepSize = 1000;
    private const string ReadSql =
        "SELECT etag, body FROM documents WHERE partition = ?1 AND kind = ?2 AND id = ?3 AND (expires IS NULL OR expires > ?4)";
    private const string SweepSql =
        "DELETE FROM documents WHERE rowid IN (SELECT rowid FROM documents WHERE expires IS NOT NULL AND expires <= ?1 LIMIT ?2)";

    private long Now => time.GetUtcNow().UtcTicks;

    public ValueTask<Document?> GetAsync(DocumentKey key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var lease = database.Read();
        using var statement = lease.Connection.Use(ReadSql);
        statement.Bind(1, key.Partition).Bind(2, key.Kind).Bind(3, key.Id).Bind(4, Now);
        var document = statement.Step() ? new Document(key, statement.Bytes(1), FormatETag(statement.Integer(0))) : null;
        return ValueTask.FromResult(document);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There are no writes or too many, or a body is no JSON object.</exception>
    public async Task<IReadOnlyList<string?>> CommitAsync(
        string partition,
        IReadOnlyList<DocumentWrite> writes,
        CancellationToken cancellation
    )
    {
        ArgumentOutOfRangeException.ThrowIfZero(writes.Count, nameof(writes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(writes.Count, IDocumentStore.MaxWrites, nameof(writes));
        foreach (var write in writes.Where(write => write.Mode != WriteMode.Delete))
        {
            DocumentBody.Validate(write.Body.Span);
        }

        var etags = await database.WriteAsync(connection => DocumentWriter.Apply(connection, partition, writes, Now), cancellation);
        return Array.ConvertAll(etags, etag => etag is { } number ? FormatETag(number) : null);
    }

    public Task<DocumentPage> QueryAsync(DocumentQuery query, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, 2000, nameof(query));
        return Task.FromResult(Read(DocumentSql.Page(query, Now), statement => ReadPage(query, statement), cancellation));
    }

    public Task<long> CountAsync(DocumentQuery query, CancellationToken cancellation) =>
        Task.FromResult(Read(DocumentSql.Count(query, Now), static statement => statement.Step() ? statement.Integer(0) : 0, cancellation));

    /// <summary>Deletes the documents that have expired, some at a time so that other writes pass between.</summary>
    /// <returns>How many were deleted.</returns>
    public async Task<long> SweepAsync(CancellationToken cancellation)
    {
        var total = 0L;
        int swept;
        do
        {
            swept = await database.WriteAsync(
                connection =>
                {
                    using var statement = connection.Use(SweepSql);
                    return statement.Bind(1, Now).Bind(2, SweepSize).Run();
                },
                cancellation
            );
            total += swept;
        } while (swept == SweepSize);

        return total;
    }

    internal static long? ParseETag(string etag) =>
        etag.Length == 16 && long.TryParse(etag, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static string FormatETag(long etag) => etag.ToString("x16", CultureInfo.InvariantCulture);

    private T Read<T>(SqlBuilder sql, Func<Statement, T> read, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var lease = database.Read();
        using var statement = sql.Bind(lease.Connection.Use(sql.Text));
        using var interrupt = cancellation.UnsafeRegister(static connection => ((Connection)connection!).Interrupt(), lease.Connection);
        try
        {
            return read(statement);
        }
        catch (OperationCanceledException exception)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellation);
        }
    }

    private static DocumentPage ReadPage(DocumentQuery query, Statement statement)
    {
        var order = query.Order ?? [];
        var items = new List<Document>();
        var end = new SqlValue[order.Count + 1];
        while (statement.Step())
        {
            if (items.Count == query.Limit)
            {
                return new DocumentPage(items, PageCursor.Write(order, end));
            }

            var id = statement.Text(0);
            items.Add(new Document(new DocumentKey(query.Partition, query.Kind, id), statement.Bytes(2), FormatETag(statement.Integer(1))));
            if (items.Count == query.Limit)
            {
                ReadKeys(statement, end);
            }
        }

        return new DocumentPage(items, null);
    }

    private static void ReadKeys(Statement statement, SqlValue[] end)
    {
        for (var index = 0; index < end.Length - 1; index++)
        {
            end[index] = statement.Value(DocumentSql.FirstKey + index);
        }

        end[^1] = statement.Value(0);
    }
}
