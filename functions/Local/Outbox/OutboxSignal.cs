namespace Serverless.Local.Outbox;

/// <summary>Tells the dispatcher of this process that something was published, so that it need not poll.</summary>
public sealed class OutboxSignal
{
    private TaskCompletionSource next = Create();

    /// <summary>Completes at the next <see cref="Set"/>. Take it before looking for events, so that none falls between.</summary>
    public Task Next => Volatile.Read(ref next).Task;

    public void Set() => Interlocked.Exchange(ref next, Create()).SetResult();

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
