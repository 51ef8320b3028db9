using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Local.Mqtt.IotHub;

namespace Serverless.Local.Hub;

/// <summary>The cloud-to-device queues, in the document store. A sequence number is the time in ticks, or one more than the last where that is not greater.</summary>
internal sealed class MessageQueues(IDocumentStore store, TimeProvider time)
{
    private const int PageSize = 100;

    // A device's messages enter its queue one after another: one that came in before an earlier one would be delivered, and the earlier one passed over.
    private readonly SemaphoreSlim[] turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    private long last;

    public async Task EnqueueAsync(string hubId, CloudToDeviceMessage message, CancellationToken cancellation)
    {
        var turn = turns[(uint)hubId.GetHashCode(StringComparison.Ordinal) % turns.Length];
        await turn.WaitAsync(cancellation);
        try
        {
            await AddAsync(hubId, message, cancellation);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task AddAsync(string hubId, CloudToDeviceMessage message, CancellationToken cancellation)
    {
        while (true)
        {
            var name = Name(NextSequence());
            var body = HubJson.Default.QueuedDocument.ToBody(new QueuedDocument(hubId, name, StoredMessage.Of(message)));
            var write = new DocumentWrite(WriteMode.Create, Kinds.CloudToDevice, Id(hubId, name), body, Expires: message.Expires);
            try
            {
                await store.CommitAsync(HubBackend.Partition, write, cancellation);
                return;
            }
            catch (StoreConflictException)
            {
                // Another process on this store has taken the number: the next one then.
            }
        }
    }

    public async Task<IReadOnlyList<QueuedMessage>> PeekAsync(string hubId, long after, int count, CancellationToken cancellation)
    {
        var filter = Filter.All(
            Filter.Eq("source", JsonValue.Create(hubId)),
            new Filter.Compare("name", Comparison.Greater, JsonValue.Create(Name(after)))
        );
        var query = new DocumentQuery(HubBackend.Partition, Kinds.CloudToDevice, filter, [new Ordering("name")], count);
        var (items, _) = await store.QueryAsync(query, HubJson.Default.QueuedDocument, cancellation);
        return [.. items.Select(item => new QueuedMessage(long.Parse(item.Value.Name), item.Value.Message.ToMessage()))];
    }

    public Task CompleteAsync(string hubId, long sequence, CancellationToken cancellation) =>
        HubBackend.DeleteAsync(store, Kinds.CloudToDevice, Id(hubId, Name(sequence)), cancellation);

    public async Task ClearAsync(string hubId, CancellationToken cancellation)
    {
        IReadOnlyList<QueuedMessage> messages;
        do
        {
            messages = await PeekAsync(hubId, 0, PageSize, cancellation);
            foreach (var message in messages)
            {
                await CompleteAsync(hubId, message.Sequence, cancellation);
            }
        } while (messages.Count == PageSize);
    }

    private static string Name(long sequence) => sequence.ToString("D19");

    private static string Id(string hubId, string name) => $"{Uri.EscapeDataString(hubId)}!{name}";

    private long NextSequence()
    {
        while (true)
        {
            var before = Volatile.Read(ref last);
            var next = Math.Max(time.GetUtcNow().UtcTicks, before + 1);
            if (Interlocked.CompareExchange(ref last, next, before) == before)
            {
                return next;
            }
        }
    }
}
