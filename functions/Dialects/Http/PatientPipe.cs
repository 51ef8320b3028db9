using System.IO.Pipelines;

namespace Serverless.Dialects.Http;

/// <summary>
/// Sends an answer in such a way that its work can be cancelled and the answer still ends well: Kestrel drops the connection of a flush that is cancelled, and a
/// compressed stream is broken then. So a flush goes on for a while when it is cancelled, for a client that reads; one that does not is dropped after that.
/// </summary>
/// <param name="inner">Where the bytes go.</param>
/// <param name="gone">Cancelled when the client has gone.</param>
internal sealed class PatientPipe(PipeWriter inner, CancellationToken gone) : PipeWriter
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(gone);
        using var registration = cancellationToken.UnsafeRegister(
            static source => ((CancellationTokenSource)source!).CancelAfter(Patience),
            end
        );
        return await inner.FlushAsync(end.Token);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);
}
