using System.Security.Cryptography;
using Serverless.Domain.Documents;

namespace Serverless.Local.Sqlite;

/// <summary>Applies the writes of a commit, on the writer's connection and inside its savepoint: an exception undoes them all.</summary>
internal static class DocumentWriter
{
    private const string Key = "partition = ?1 AND kind = ?2 AND id = ?3";
    private const string Live = "(expires IS NULL OR expires > ?4)";
    private const string Insert =
        "INSERT INTO documents (partition, kind, id, etag, expires, body) VALUES (?1, ?2, ?3, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET etag = ?5, expires = ?6, body = ?7";

    // An expired document that has not been swept is as good as none.
    private const string CreateSql = $"{Insert} WHERE expires <= ?4";
    private const string UpsertSql = Insert;
    private const string ReplaceSql = $"UPDATE documents SET etag = ?5, expires = ?6, body = ?7 WHERE {Key} AND {Live}";
    private const string DeleteSql = $"DELETE FROM documents WHERE {Key} AND {Live}";
    private const string ETagSql = $"SELECT etag FROM documents WHERE {Key} AND {Live}";

    /// <summary>Applies writes in order.</summary>
    /// <returns>The new entity tags; null for a deletion.</returns>
    public static long?[] Apply(Connection connection, string partition, IReadOnlyList<DocumentWrite> writes, long now)
    {
        var etags = new long?[writes.Count];
        for (var index = 0; index < writes.Count; index++)
        {
            etags[index] = Apply(connection, partition, writes[index], now);
        }

        return etags;
    }

    private static long? Apply(Connection connection, string partition, DocumentWrite write, long now)
    {
        var key = new DocumentKey(partition, write.Kind, write.Id);
        if (write.IfMatch is not null)
        {
            CheckETag(connection, key, write, now);
        }

        var etag = write.Mode == WriteMode.Delete ? (long?)null : NewETag();
        using var statement = connection.Use(Sql(write.Mode));
        BindKey(statement, key, now);
        if (etag is { } number)
        {
            statement.Bind(5, number).Bind(6, write.Expires?.UtcTicks).BindText(7, write.Body.Span);
        }

        if (statement.Run() == 0)
        {
            throw new StoreConflictException(write.Mode == WriteMode.Create ? ConflictReason.Exists : ConflictReason.Missing, key);
        }

        return etag;
    }

    private static void CheckETag(Connection connection, DocumentKey key, DocumentWrite write, long now)
    {
        using var statement = connection.Use(ETagSql);
        var found = BindKey(statement, key, now).Step();
        if (found && write.Mode == WriteMode.Create)
        {
            throw new StoreConflictException(ConflictReason.Exists, key);
        }

        if (!found && write.Mode is WriteMode.Replace or WriteMode.Delete)
        {
            throw new StoreConflictException(ConflictReason.Missing, key);
        }

        if (!found || statement.Integer(0) != SqliteDocumentStore.ParseETag(write.IfMatch!))
        {
            throw new StoreConflictException(ConflictReason.ETagMismatch, key);
        }
    }

    private static string Sql(WriteMode mode) =>
        mode switch
        {
            WriteMode.Create => CreateSql,
            WriteMode.Replace => ReplaceSql,
            WriteMode.Upsert => UpsertSql,
            WriteMode.Delete => DeleteSql,
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "An unknown mode."),
        };

    private static Statement BindKey(Statement statement, DocumentKey key, long now) =>
        statement.Bind(1, key.Partition).Bind(2, key.Kind).Bind(3, key.Id).Bind(4, now);

    private static long NewETag()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToInt64(bytes);
    }
}
