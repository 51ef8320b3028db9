using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Serverless.Domain.Documents;

/// <summary>A value read from the store with the entity tag of its version.</summary>
public sealed record Stored<T>(T Value, string ETag);

/// <summary>Documents as values: System.Text.Json between the store's bytes and the domain's records.</summary>
public static class TypedDocuments
{
    public static async ValueTask<Stored<T>?> GetAsync<T>(
        this IDocumentStore store,
        DocumentKey key,
        JsonTypeInfo<T> type,
        CancellationToken cancellation
    )
    {
        var document = await store.GetAsync(key, cancellation);
        return document is null ? null : Read(document, type);
    }

    /// <summary>The values of one page, with the cursor of the next.</summary>
    public static async Task<(IReadOnlyList<Stored<T>> Items, string? Cursor)> QueryAsync<T>(
        this IDocumentStore store,
        DocumentQuery query,
        JsonTypeInfo<T> type,
        CancellationToken cancellation
    )
    {
        var page = await store.QueryAsync(query, cancellation);
        return ([.. page.Items.Select(document => Read(document, type))], page.Cursor);
    }

    /// <summary>Every value that the query matches, page by page.</summary>
    public static async IAsyncEnumerable<Stored<T>> QueryAllAsync<T>(
        this IDocumentStore store,
        DocumentQuery query,
        JsonTypeInfo<T> type,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        do
        {
            var (items, cursor) = await store.QueryAsync(query, type, cancellation);
            foreach (var item in items)
            {
                yield return item;
            }

            query = query with { Cursor = cursor };
        } while (query.Cursor is not null);
    }

    /// <summary>Commits one write that is a partition's whole commit.</summary>
    public static async Task<string?> CommitAsync(
        this IDocumentStore store,
        string partition,
        DocumentWrite write,
        CancellationToken cancellation
    ) => (await store.CommitAsync(partition, [write], cancellation))[0];

    public static ReadOnlyMemory<byte> ToBody<T>(this JsonTypeInfo<T> type, T value) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    private static Stored<T> Read<T>(Document document, JsonTypeInfo<T> type)
    {
        var value = JsonSerializer.Deserialize(document.Body.Span, type);
        return new Stored<T>(value ?? throw new JsonException($"{document.Key} holds null."), document.ETag);
    }
}
