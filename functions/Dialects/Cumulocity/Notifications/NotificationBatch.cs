namespace Serverless.Dialects.Cumulocity.Notifications;

/// <summary>What one step of the pump sends a consumer.</summary>
internal sealed class NotificationBatch(NotificationConsumer consumer)
{
    private readonly Dictionary<string, List<long>> added = [];
    private readonly HashSet<long> taken = [];

    public List<(string Socket, byte[] Frame)> Frames { get; } = [];

    /// <summary>How many are in flight with these.</summary>
    public int Count => consumer.InFlight + added.Values.Sum(keys => keys.Count) - taken.Count;

    public bool IsUnchanged => Frames.Count == 0 && taken.Count == 0;

    public async ValueTask AddAsync(long key, Func<string, ValueTask<byte[]?>> render)
    {
        var socket = consumer.Sockets[Frames.Count % consumer.Sockets.Count];
        if (await render(socket.BaseUrl) is { } frame)
        {
            Frames.Add((socket.Id, frame));
            if (!added.TryGetValue(socket.Id, out var keys))
            {
                added[socket.Id] = keys = [];
            }

            keys.Add(key);
        }
    }

    /// <summary>Sends one again; one of which nothing is known any more is over.</summary>
    public ValueTask AddAgainAsync(long key, Func<string, ValueTask<byte[]?>>? render)
    {
        taken.Add(key);
        return render is null ? ValueTask.CompletedTask : AddAsync(key, render);
    }

    public NotificationConsumer Apply(NotificationConsumer old, long last)
    {
        var all = old.Unacknowledged.ToDictionary();
        if (taken.Count > 0)
        {
            all.Remove("");
        }

        foreach (var (socket, keys) in added)
        {
            all[socket] = [.. all.GetValueOrDefault(socket, []), .. keys];
        }

        return old with
        {
            Sent = last,
            Unacknowledged = all,
        };
    }
}
