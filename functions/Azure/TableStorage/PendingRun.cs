namespace Serverless.Azure.TableStorage;

/// <summary>A run that waits to be appended, and its caller. The bytes are a copy: the caller may have gone when they are sent.</summary>
internal sealed class PendingRun(ReadOnlyMemory<byte> payload, CancellationToken cancellation)
{
    private readonly TaskCompletionSource<long> sequence = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ReadOnlyMemory<byte> Payload { get; } = payload.ToArray();

    public bool IsAbandoned => cancellation.IsCancellationRequested;

    /// <summary>Waits for the sequence; cancelling ends the wait and not the append, once that has begun.</summary>
    public Task<long> SequenceAsync() => sequence.Task.WaitAsync(cancellation);

    public void Succeed(long appended) => sequence.TrySetResult(appended);

    public void Fail(Exception reason)
    {
        sequence.TrySetException(reason);
        // Seen, also where nobody waits any more.
        _ = sequence.Task.Exception;
    }

    public void Abandon() => sequence.TrySetCanceled(cancellation);
}
