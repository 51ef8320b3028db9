using System.Collections.Concurrent;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>The polls that wait in this process, by their session's key: what changes a session wakes its poll to look again, and one more poll ends the first.</summary>
internal sealed class HeldPolls
{
    private readonly ConcurrentDictionary<string, HeldPoll> polls = new();

    /// <summary>Lets a poll in; another of the same session is over.</summary>
    public HeldPoll Enter(string clientId)
    {
        var poll = new HeldPoll(RealtimeSessions.KeyOf(clientId), this);
        polls.AddOrUpdate(
            poll.Key,
            poll,
            (_, old) =>
            {
                old.Supersede();
                return poll;
            }
        );
        return poll;
    }

    /// <summary>Has the session's poll look at its session again.</summary>
    public void Wake(string clientId) => WakeByKey(RealtimeSessions.KeyOf(clientId));

    public void WakeByKey(string key)
    {
        if (polls.TryGetValue(key, out var poll))
        {
            poll.Wake();
        }
    }

    internal void Leave(HeldPoll poll) => polls.TryRemove(KeyValuePair.Create(poll.Key, poll));
}

/// <summary>One poll that waits.</summary>
internal sealed class HeldPoll(string key, HeldPolls all) : IDisposable
{
    private volatile TaskCompletionSource woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isSuperseded;

    public string Key => key;

    /// <summary>What its session's document says of who holds it.</summary>
    public string Name { get; } = Guid.NewGuid().ToString("N");

    public bool IsSuperseded => isSuperseded;

    public Task Woken => woken.Task;

    public void Reset()
    {
        if (woken.Task.IsCompleted && !isSuperseded)
        {
            woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Wake() => woken.TrySetResult();

    public void Supersede()
    {
        isSuperseded = true;
        Wake();
    }

    public void Dispose() => all.Leave(this);
}
