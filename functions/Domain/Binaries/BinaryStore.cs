using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Binaries;

/// <summary>Keeps bytes as documents: a head with the length, and chunks. What is read is one content from its beginning to its end, whoever replaces it meanwhile.</summary>
/// <remarks>
/// Chunks are written before the head that names them, and remain for an hour after it is gone. Until a head names them, and as soon as none does any more, a document of the kind
/// <see cref="Kinds.BinaryRemains"/> does, so that <see cref="SweepAsync"/> finds what an upload that died has left.
/// </remarks>
public sealed class BinaryStore(IDocumentStore store, TimeProvider time)
{
    /// <summary>The most bytes of a binary: Cumulocity's default, 50 MiB.</summary>
    public const long MaxLength = 50L << 20;

    /// <summary>The bytes of a chunk: as base64 in JSON it stays under the megabyte that every store takes well.</summary>
    public const int ChunkLength = 512 << 10;

    /// <summary>How long chunks outlast the head that named them, for who is reading them; and how long an upload may take.</summary>
    public static readonly TimeSpan RemainsKept = TimeSpan.FromHours(1);

    /// <summary>The binary's head, or null where there is none.</summary>
    public async ValueTask<Binary?> FindAsync(string tenant, string id, CancellationToken cancellation) =>
        (await store.GetAsync(new DocumentKey(tenant, Kinds.Binary, id), BinaryJson.Default.Binary, cancellation))?.Value;

    /// <summary>Stores a binary, all of it or nothing; durable when the task completes.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">Its id.</param>
    /// <param name="content">Its bytes, read to the end.</param>
    /// <param name="replaces">Whether it takes the place of one that is there; else that is a conflict.</param>
    /// <param name="commit">Commits the writes it is given together with its owner's, to the tenant's partition; null where it stands alone.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="BinaryTooLargeException">It has more than <see cref="MaxLength"/> bytes.</exception>
    /// <exception cref="DomainException">There is one already.</exception>
    public async Task<Binary> PutAsync(
        string tenant,
        string id,
        Stream content,
        bool replaces,
        Func<Binary, IReadOnlyList<DocumentWrite>, Task>? commit,
        CancellationToken cancellation
    )
    {
        var old = await store.GetAsync(new DocumentKey(tenant, Kinds.Binary, id), BinaryJson.Default.Binary, cancellation);
        CheckReplaces(old, replaces);
        var key = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        await store.CommitAsync(tenant, RemainsWrite(key, null), cancellation);
        var binary = new Binary(id, key, await WriteChunksAsync(tenant, key, content, cancellation), ChunkLength, time.GetUtcNow());
        while (true)
        {
            var writes = new List<DocumentWrite>
            {
                old is null
                    ? new(WriteMode.Create, Kinds.Binary, id, BinaryJson.Default.Binary.ToBody(binary))
                    : new(WriteMode.Replace, Kinds.Binary, id, BinaryJson.Default.Binary.ToBody(binary), old.ETag),
                new(WriteMode.Delete, Kinds.BinaryRemains, key),
            };
            if (old is not null)
            {
                writes.Add(RemainsWrite(old.Value.Key, ChunksOf(old.Value)));
            }

            try
            {
                await (commit is null ? store.CommitAsync(tenant, writes, cancellation) : commit(binary, writes));
                return binary;
            }
            catch (StoreConflictException conflict) when (conflict.Key.Kind == Kinds.Binary)
            {
                // Somebody else has stored or deleted it in the meantime.
                old = await store.GetAsync(new DocumentKey(tenant, Kinds.Binary, id), BinaryJson.Default.Binary, cancellation);
                CheckReplaces(old, replaces);
            }
        }
    }

    /// <summary>Bytes of a binary, piece by piece.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="binary">Its head.</param>
    /// <param name="from">The first byte, counted from 0.</param>
    /// <param name="count">How many bytes, at most all from there on.</param>
    /// <param name="cancellation">Cancels the read.</param>
    /// <exception cref="InvalidDataException">A chunk is missing or short: the binary was replaced more than an hour ago.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        string tenant,
        Binary binary,
        long from,
        long count,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        var end = Math.Min(binary.Length, from + Math.Max(count, 0));
        for (var at = from; at < end; )
        {
            var (index, skip) = ((int)(at / binary.ChunkLength), (int)(at % binary.ChunkLength));
            var chunk = await ReadChunkAsync(tenant, binary, index, cancellation);
            var piece = chunk.AsMemory(skip, (int)Math.Min(chunk.Length - skip, end - at));
            yield return piece;
            at += piece.Length;
        }
    }

    /// <summary>The writes that end a binary, for the commit of its owner; empty where there is none.</summary>
    public async Task<IReadOnlyList<DocumentWrite>> DeletionAsync(string tenant, string id, CancellationToken cancellation)
    {
        var old = await store.GetAsync(new DocumentKey(tenant, Kinds.Binary, id), BinaryJson.Default.Binary, cancellation);
        return old is null
            ? []
            : [new DocumentWrite(WriteMode.Delete, Kinds.Binary, id, IfMatch: old.ETag), RemainsWrite(old.Value.Key, ChunksOf(old.Value))];
    }

    /// <summary>Deletes a binary; durable when the task completes.</summary>
    /// <returns>False where there was none.</returns>
    public async Task<bool> DeleteAsync(string tenant, string id, CancellationToken cancellation)
    {
        while (true)
        {
            var writes = await DeletionAsync(tenant, id, cancellation);
            if (writes.Count == 0)
            {
                return false;
            }

            try
            {
                await store.CommitAsync(tenant, writes, cancellation);
                return true;
            }
            catch (StoreConflictException)
            {
                // Somebody else has replaced or deleted it in the meantime.
            }
        }
    }

    /// <summary>Removes the chunks that have been remains for long enough: what a housekeeping timer calls. It may run on several instances at once.</summary>
    public async Task SweepAsync(string tenant, CancellationToken cancellation)
    {
        var due = time.GetUtcNow() - RemainsKept;
        var all = new List<(string Key, BinaryRemains Remains)>();
        string? cursor = null;
        do
        {
            var page = await store.QueryAsync(new DocumentQuery(tenant, Kinds.BinaryRemains, Cursor: cursor), cancellation);
            all.AddRange(
                page.Items.Select(item => (item.Key.Id, JsonSerializer.Deserialize(item.Body.Span, BinaryJson.Default.BinaryRemains)!))
            );
            cursor = page.Cursor;
        } while (cursor is not null);

        foreach (var (key, remains) in all.Where(found => found.Remains.Time <= due))
        {
            for (var index = 0; remains.Chunks is null || index < remains.Chunks; index++)
            {
                // Chunks are written in their order: where one is missing, and nobody has counted, there are no more.
                if (!await RemoveAsync(tenant, Kinds.BinaryChunk, ChunkId(key, index), cancellation) && remains.Chunks is null)
                {
                    break;
                }
            }

            await RemoveAsync(tenant, Kinds.BinaryRemains, key, cancellation);
        }
    }

    private static void CheckReplaces(Stored<Binary>? old, bool replaces)
    {
        if (old is not null && !replaces)
        {
            throw new DomainException(Refusal.Exists, "There is a binary already.");
        }
    }

    private async Task<bool> RemoveAsync(string tenant, string kind, string id, CancellationToken cancellation)
    {
        try
        {
            await store.CommitAsync(tenant, new DocumentWrite(WriteMode.Delete, kind, id), cancellation);
            return true;
        }
        catch (StoreConflictException)
        {
            return false;
        }
    }

    private async Task<long> WriteChunksAsync(string tenant, string key, Stream content, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkLength);
        try
        {
            var length = 0L;
            for (var index = 0; ; index++)
            {
                var read = await content.ReadAtLeastAsync(buffer.AsMemory(0, ChunkLength), ChunkLength, false, cancellation);
                length += read;
                if (length > MaxLength)
                {
                    throw new BinaryTooLargeException(MaxLength);
                }

                if (read > 0)
                {
                    var write = new DocumentWrite(WriteMode.Create, Kinds.BinaryChunk, ChunkId(key, index), ToBody(buffer.AsSpan(0, read)));
                    await store.CommitAsync(tenant, write, cancellation);
                }

                if (read < ChunkLength)
                {
                    return length;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<byte[]> ReadChunkAsync(string tenant, Binary binary, int index, CancellationToken cancellation)
    {
        var document =
            await store.GetAsync(new DocumentKey(tenant, Kinds.BinaryChunk, ChunkId(binary.Key, index)), cancellation)
            ?? throw new InvalidDataException($"Chunk {index} of the binary '{binary.Id}' is gone.");
        using var json = JsonDocument.Parse(document.Body);
        var bytes = json.RootElement.GetProperty("data").GetBytesFromBase64();
        return bytes.Length == Math.Min(binary.ChunkLength, binary.Length - ((long)index * binary.ChunkLength))
            ? bytes
            : throw new InvalidDataException($"Chunk {index} of the binary '{binary.Id}' has {bytes.Length} bytes.");
    }

    private DocumentWrite RemainsWrite(string key, int? chunks) =>
        new(
            WriteMode.Upsert,
            Kinds.BinaryRemains,
            key,
            BinaryJson.Default.BinaryRemains.ToBody(new BinaryRemains(time.GetUtcNow(), chunks))
        );

    private static int ChunksOf(Binary binary) => (int)((binary.Length + binary.ChunkLength - 1) / binary.ChunkLength);

    private static string ChunkId(string key, int index) => $"{key}.{index:D4}";

    private static ReadOnlyMemory<byte> ToBody(ReadOnlySpan<byte> data)
    {
        var buffer = new ArrayBufferWriter<byte>((data.Length * 4 / 3) + 32);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteBase64String("data"u8, data);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
