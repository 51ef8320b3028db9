using System.Threading.Channels;
using Serverless.Domain.Events;

namespace Serverless.Contracts.Events;

/// <summary>Keeps what it is handed; fails where a test says so.</summary>
public sealed class RecordingEventHandler : IEventHandler
{
    private readonly Channel<CloudEvent> events = Channel.CreateUnbounded<CloudEvent>();

    /// <summary>Whether the handler fails on an event, which it records before.</summary>
    public Func<CloudEvent, bool> FailsOn { get; set; } = _ => false;

    public async Task HandleAsync(CloudEvent cloudEvent, CancellationToken cancellation)
    {
        await events.Writer.WriteAsync(cloudEvent, cancellation);
        if (FailsOn(cloudEvent))
        {
            throw new InvalidOperationException("The test has this handler fail.");
        }
    }

    /// <summary>The next event, in the order of arrival.</summary>
    public Task<CloudEvent> NextAsync(CancellationToken cancellation) =>
        events.Reader.ReadAsync(cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), cancellation);

    /// <summary>How many events wait to be read.</summary>
    public int Waiting => events.Reader.Count;
}
