using System.Collections.Concurrent;
using Serverless.Domain.Events;

namespace Serverless.Contracts.Events;

/// <summary>A publisher that keeps what it is given, unless a test has it fail.</summary>
public sealed class RecordingPublisher : IEventPublisher
{
    private readonly ConcurrentQueue<CloudEvent> kept = new();
    private int calls;

    /// <summary>What was published, each time that it was.</summary>
    public IReadOnlyList<CloudEvent> Events => [.. kept];

    public IEnumerable<string> Types => kept.Select(published => published.Type);

    /// <summary>How often it was asked to publish.</summary>
    public int Calls => calls;

    /// <summary>Happens before events are kept; what it throws keeps them from it.</summary>
    public Func<IReadOnlyList<CloudEvent>, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Happens after events are kept.</summary>
    public Func<Task> After { get; set; } = () => Task.CompletedTask;

    public async Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
    {
        Interlocked.Increment(ref calls);
        await Before(events, cancellation);
        foreach (var one in events)
        {
            kept.Enqueue(one);
        }

        await After();
    }
}
