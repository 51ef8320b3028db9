using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Changes;

namespace Serverless.Dialects.Cumulocity.Notifications;

/// <summary>What of a change goes to a topic: which subscriptions want it, and the frames that tell it.</summary>
internal sealed class TopicMessages(SubscriptionDirectory subscriptions, ChangeRepresentations representations, ChangeFeeds feeds)
{
    /// <summary>The most frames that one change makes on a topic.</summary>
    private const int MostOfChange = 16;

    // What the APIs' own members are: the rest are fragments.
    private static readonly HashSet<string> OwnMembers =
    [
        .. "id self source type time text severity status count history firstOccurrenceTime creationTime lastUpdated".Split(' '),
        .. "name owner deviceId deviceName agentId bulkOperationId failureReason description".Split(' '),
    ];

    /// <summary>The frames of a change on a topic, each with its key; none where nobody subscribed to it.</summary>
    public async ValueTask<IReadOnlyList<(long Key, Func<string, ValueTask<byte[]?>> Render)>> OfAsync(
        string tenant,
        NotificationConsumer consumer,
        LoggedChange change,
        CancellationToken cancellation
    )
    {
        if (RealtimeChannels.KindOf(change) is not { } kind)
        {
            return [];
        }

        var wanted = new List<(string Api, NotificationSubscription Subscription)>();
        Ancestors? ancestors = null;
        foreach (var subscription in await subscriptions.AllAsync(tenant, cancellation))
        {
            if (
                subscription.Subscription != consumer.Subscription
                || subscription.NonPersistent != consumer.NonPersistent
                || change.Sequence <= subscription.Since
            )
            {
                continue;
            }

            if (IsOwn(subscription, kind, change))
            {
                wanted.Add((kind, subscription));
            }

            var withChildren = kind + NotificationSubscription.Children;
            if (subscription.Source is { } source && kind is "alarms" or "events" && subscription.Wants(withChildren))
            {
                ancestors ??= await feeds.FindAncestorsAsync(tenant, change, cancellation);
                if (change.Source == subscription.Source || ancestors.All.Contains(subscription.Source!))
                {
                    wanted.Add((withChildren, subscription));
                }
            }
        }

        return
        [
            .. wanted
                .DistinctBy(one => one.Api)
                .Take(MostOfChange)
                .Select(
                    (one, ordinal) =>
                    {
                        var key = (change.Sequence * MostOfChange) + ordinal;
                        return (
                            key,
                            (Func<string, ValueTask<byte[]?>>)(
                                baseUrl => RenderAsync(tenant, one.Api, one.Subscription, change, key, new SelfUrls(baseUrl), cancellation)
                            )
                        );
                    }
                ),
        ];
    }

    /// <summary>The change that a key is of.</summary>
    public static long SequenceOf(long key) => key / MostOfChange;

    /// <summary>A key as clients see it: opaque, without spaces.</summary>
    public static string Write(long key)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, key);
        return Convert.ToBase64String(bytes);
    }

    /// <summary>The key that a client acknowledges, or null where it is none.</summary>
    public static long? Read(string text)
    {
        Span<byte> bytes = stackalloc byte[8];
        return text.Length == 12 && Convert.TryFromBase64String(text, bytes, out var length) && length == 8
            ? BinaryPrimitives.ReadInt64BigEndian(bytes)
            : null;
    }

    private static bool IsOwn(NotificationSubscription subscription, string kind, LoggedChange change) =>
        subscription.Wants(kind)
        && (
            subscription.Context == NotificationSubscription.TenantContext
                ? kind is "alarms" or "events" or "operations" || (kind == "managedobjects" && change.Action == "create")
                : subscription.Source == change.Source && !(kind == "managedobjects" && change.Action == "create")
        );

    private async ValueTask<byte[]?> RenderAsync(
        string tenant,
        string api,
        NotificationSubscription subscription,
        LoggedChange change,
        long key,
        SelfUrls urls,
        CancellationToken cancellation
    )
    {
        var shown = await representations.ShowAsync(tenant, change, new Audience(urls.Root), cancellation);
        var type = ((shown as JsonObject)?["type"] ?? change.Body["type"])?.ToString();
        if (
            shown is null
            || (
                subscription.TypeFilter is { } filter
                && TypeFilter.Parse(filter, out _) is { } types
                && (type is null || !types.Contains(type))
            )
        )
        {
            return null;
        }

        // Of what was deleted there is its id alone.
        var thing = shown as JsonObject ?? new JsonObject { ["id"] = shown.DeepClone() };
        if (subscription.FragmentsToCopy.Count > 0)
        {
            foreach (var name in thing.Select(member => member.Key).ToList())
            {
                if (!OwnMembers.Contains(name) && !subscription.FragmentsToCopy.Contains(name))
                {
                    thing.Remove(name);
                }
            }
        }

        var head = $"{Write(key)}\n/{tenant}/{api}/{change.Source}\n{ChangeRepresentations.ActionOf(change)}\n\n";
        return [.. Encoding.UTF8.GetBytes(head), .. Notification.Render(thing)];
    }
}
