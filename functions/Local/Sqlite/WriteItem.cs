namespace Serverless.Local.Sqlite;

/// <summary>A write that waits for the writer. It can be cancelled until the writer takes it; from then on its caller waits for the outcome,
/// since the writer reads the caller's memory.</summary>
internal abstract class WriteItem
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Cancelled = 2;

    private int state;

    /// <summary>Claims the item; false where it was cancelled.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref state, Taken, Waiting) == Waiting;

    /// <summary>Does the work; its effects are not durable yet.</summary>
    public abstract void Run(Connection connection);

    /// <summary>Tells the caller that its work is durable.</summary>
    public abstract void Succeed();

    public abstract void Fail(Exception exception);

    protected bool TryCancel() => Interlocked.CompareExchange(ref state, Cancelled, Waiting) == Waiting;
}

internal sealed class WriteItem<T> : WriteItem
{
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<Connection, T> work;
    private readonly CancellationTokenRegistration registration;
    private T? result;

    public WriteItem(Func<Connection, T> work, CancellationToken cancellation)
    {
        this.work = work;
        registration = cancellation.UnsafeRegister(
            static (item, token) =>
            {
                var self = (WriteItem<T>)item!;
                if (self.TryCancel())
                {
                    self.completion.TrySetCanceled(token);
                }
            },
            this
        );
    }

    public Task<T> Task => completion.Task;

    public override void Run(Connection connection) => result = work(connection);

    public override void Succeed()
    {
        registration.Unregister();
        completion.TrySetResult(result!);
    }

    public override void Fail(Exception exception)
    {
        registration.Unregister();
        completion.TrySetException(exception);
    }
}
