using System.IO.Pipelines;

namespace Serverless.InfluxQL.Results;

/// <summary>Bytes on their way to the client. What has not been sent yet can be taken back.</summary>
internal sealed class ResultBuffer(PipeWriter pipe) : ByteBuffer
{
    // Enough that sending costs little for each byte, and little enough to stay out of the large object heap.
    private const int SendBytes = 32 * 1024;

    private long sent;

    /// <summary>How many bytes there have been.</summary>
    public long Position => sent + Count;

    /// <summary>Whether it is time to send.</summary>
    public bool IsFull => Count >= SendBytes;

    /// <summary>Takes back what was written since a position; false, with nothing taken back, where some of it has been sent.</summary>
    public bool TryRewind(long position)
    {
        if (position < sent)
        {
            return false;
        }

        Truncate((int)(position - sent));
        return true;
    }

    /// <summary>Sends what there is, at the client's pace.</summary>
    /// <exception cref="OperationCanceledException">The client has gone away.</exception>
    public async ValueTask SendAsync(CancellationToken cancellation)
    {
        if (Count == 0)
        {
            return;
        }

        var result = await pipe.WriteAsync(Written, cancellation);
        sent += Count;
        Truncate(0);
        if (result.IsCompleted)
        {
            throw new OperationCanceledException("The client has gone away.");
        }
    }
}
