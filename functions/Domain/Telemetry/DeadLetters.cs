using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Telemetry;

/// <summary>A message that could not be taken, with its bytes and the reason.</summary>
/// <param name="Id">A hash of the message: the same message again is the same dead letter.</param>
/// <param name="Source">The hub id that sent it.</param>
/// <param name="Time">When the broker took it.</param>
/// <param name="Reason">Why it could not be taken.</param>
/// <param name="Body">Its payload, base64 in JSON.</param>
/// <param name="System">Its system properties.</param>
/// <param name="Properties">Its sender's properties.</param>
public sealed record DeadLetter(
    string Id,
    string Source,
    DateTimeOffset Time,
    string Reason,
    byte[] Body,
    IReadOnlyDictionary<string, string> System,
    IReadOnlyDictionary<string, string> Properties
);

/// <summary>Keeps what could not be taken, per tenant; what is of no tenant is the operator's, in the system partition.</summary>
public sealed class DeadLetters(IDocumentStore store, TimeProvider time)
{
    /// <summary>How long a dead letter is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    // Well under the 2 MiB that Cosmos DB takes in one batch.
    private const int CommitBytes = 1_000_000;

    /// <summary>Told of what has been kept, with its partition: whoever writes logs.</summary>
    public event Action<string, IReadOnlyList<DeadLetter>>? Added;

    public static DeadLetter Of(DeviceMessage message, string reason)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{message.HubId}\n{message.EnqueuedTime.UtcTicks}\n{message.Source}\n"));
        hash.AppendData(message.Body.Span);
        var id = Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
        return new DeadLetter(id, message.HubId, message.EnqueuedTime, reason, message.Body.ToArray(), message.System, message.Properties);
    }

    /// <summary>Keeps dead letters, durable when the task completes. One that is kept already is the same one.</summary>
    public async Task AddAsync(string partition, IReadOnlyList<DeadLetter> letters, CancellationToken cancellation)
    {
        var writes = new List<DocumentWrite>();
        var bytes = 0;

        // Kept from now on, not from the message's own time: one that has waited long is there to be seen like any other.
        var expires = time.GetUtcNow() + Kept;
        foreach (var letter in letters.DistinctBy(letter => letter.Id))
        {
            var body = DeadLetterJson.Default.DeadLetter.ToBody(letter);
            if (writes.Count == IDocumentStore.MaxWrites || (writes.Count > 0 && bytes + body.Length > CommitBytes))
            {
                await store.CommitAsync(partition, writes, cancellation);
                writes.Clear();
                bytes = 0;
            }

            writes.Add(new DocumentWrite(WriteMode.Upsert, Kinds.DeadLetter, letter.Id, body, Expires: expires));
            bytes += body.Length;
        }

        if (writes.Count > 0)
        {
            await store.CommitAsync(partition, writes, cancellation);
            TelemetryMetrics.DeadLetters.Add(letters.Count);
            Added?.Invoke(partition, letters);
        }
    }

    /// <summary>One page, newest first, of all or of one sender's.</summary>
    public Task<(IReadOnlyList<Stored<DeadLetter>> Items, string? Cursor)> ListAsync(
        string partition,
        string? hubId,
        int limit,
        string? cursor,
        CancellationToken cancellation
    )
    {
        var filter = hubId is null ? null : Filter.Eq("source", JsonValue.Create(hubId));
        var query = new DocumentQuery(partition, Kinds.DeadLetter, filter, [new Ordering("time", true)], limit, cursor);
        return store.QueryAsync(query, DeadLetterJson.Default.DeadLetter, cancellation);
    }

    /// <exception cref="DomainException">The partition has no such dead letter.</exception>
    public async ValueTask<Stored<DeadLetter>> GetAsync(string partition, string id, CancellationToken cancellation) =>
        await store.GetAsync(new DocumentKey(partition, Kinds.DeadLetter, id), DeadLetterJson.Default.DeadLetter, cancellation)
        ?? throw DomainException.NotFound($"dead letter '{id}'");

    /// <exception cref="DomainException">The partition has no such dead letter.</exception>
    public async Task DeleteAsync(string partition, string id, CancellationToken cancellation)
    {
        try
        {
            await store.CommitAsync(partition, new DocumentWrite(WriteMode.Delete, Kinds.DeadLetter, id), cancellation);
        }
        catch (StoreConflictException)
        {
            throw DomainException.NotFound($"dead letter '{id}'");
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DeadLetter))]
public sealed partial class DeadLetterJson : JsonSerializerContext;
