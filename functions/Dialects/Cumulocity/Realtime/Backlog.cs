using System.Buffers;
using System.Text.Json;
using Serverless.Dialects.Http;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>Notifications of a session that were read from the log.</summary>
/// <param name="Messages">The notifications, with commas between and none around.</param>
/// <param name="Count">How many.</param>
/// <param name="Last">The last change that was looked at.</param>
internal sealed record NotificationBatch(ReadOnlyMemory<byte> Messages, int Count, long Last);

/// <summary>Reads what a session has to be told from the change log.</summary>
internal sealed class Backlog(ChangeFeeds feeds, ChangeRepresentations representations, CumulocityRealtimeOptions options)
{
    /// <summary>Reads on behind a change until there is enough for a reply, or no more.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="session">Whose they are.</param>
    /// <param name="after">The last change that was looked at.</param>
    /// <param name="until">A change that is known to be in the log.</param>
    /// <param name="cancellation">Cancels it.</param>
    public async Task<NotificationBatch> ReadAsync(
        string tenant,
        RealtimeSession session,
        long after,
        long until,
        CancellationToken cancellation
    )
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, JsonResponses.WriterOptions);
        var count = 0;
        writer.WriteStartArray();
        while (count < options.MostInReply && writer.BytesCommitted + writer.BytesPending < options.MessageBytes / 2)
        {
            var items = await feeds.Of(tenant).ReadAfterAsync(after, until, cancellation);
            if (items.Count == 0)
            {
                break;
            }

            foreach (var item in items)
            {
                count += await WriteAsync(writer, tenant, session, item, cancellation);
                after = item.Change.Sequence;
                if (count >= options.MostInReply)
                {
                    break;
                }
            }
        }

        await writer.FlushAsync(cancellation);
        return new NotificationBatch(buffer.WrittenMemory[1..], count, after);
    }

    private async Task<int> WriteAsync(
        Utf8JsonWriter writer,
        string tenant,
        RealtimeSession session,
        FeedItem item,
        CancellationToken cancellation
    )
    {
        var wanted = item.Deliveries.Where(delivery => IsWanted(session, delivery, item.Change.Sequence)).ToList();
        if (wanted.Count == 0 || await representations.ShowAsync(tenant, item.Change, session.Audience, cancellation) is not { } thing)
        {
            return 0;
        }

        var rendered = Notification.Render(thing);
        wanted.ForEach(delivery => Notification.Write(writer, delivery, item.Change, rendered));
        return wanted.Count;
    }

    private static bool IsWanted(RealtimeSession session, Delivery delivery, long sequence) =>
        (session.Subscriptions.TryGetValue(delivery.Channel, out var since) && sequence > since)
        || (delivery.Wildcard is { } all && session.Subscriptions.TryGetValue(all, out since) && sequence > since);
}
