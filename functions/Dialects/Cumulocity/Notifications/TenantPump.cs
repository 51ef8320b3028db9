using Serverless.Domain.Changes;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Notifications;

/// <summary>One tenant's work, one step after another, and its newest changes.</summary>
internal sealed class TenantPump : IDisposable
{
    private const int MostRecent = 2000;

    private readonly Lock gate = new();
    private readonly SemaphoreSlim signal = new(0);
    private readonly Queue<LoggedChange> recent = new();
    private readonly HashSet<string> woken = [];
    private readonly List<string> deleted = [];

    public TenantPump(Func<TenantPump, Task> run) => Work = Task.Run(() => run(this));

    public Task Work { get; }

    public void Dispose() => signal.Dispose();

    public void Wake(IReadOnlyList<LoggedChange> changes, string? consumer)
    {
        lock (gate)
        {
            foreach (var change in changes)
            {
                recent.Enqueue(change);
                if (change is { Kind: DeviceDirectory.ChangeKind, Action: "delete" })
                {
                    deleted.Add(change.Source);
                }
            }

            while (recent.Count > MostRecent)
            {
                recent.Dequeue();
            }

            if (consumer is not null)
            {
                woken.Add(consumer);
            }
        }

        if (signal.CurrentCount == 0)
        {
            signal.Release();
        }
    }

    public Task WaitAsync(CancellationToken cancellation) => signal.WaitAsync(cancellation);

    public string[] TakeConsumers()
    {
        lock (gate)
        {
            string[] all = [.. woken];
            woken.Clear();
            return all;
        }
    }

    public string[] TakeDeleted()
    {
        lock (gate)
        {
            string[] all = [.. deleted];
            deleted.Clear();
            return all;
        }
    }

    /// <summary>The changes behind one, at most so many, or null where other instances have committed some of them, or they are too old.</summary>
    public List<LoggedChange>? After(long after, int most)
    {
        lock (gate)
        {
            var changes = recent.SkipWhile(change => change.Sequence <= after).Take(most).ToList();
            return changes.Count > 0 && changes[0].Sequence == after + 1 && changes[^1].Sequence == after + changes.Count ? changes : null;
        }
    }
}
