using System.Buffers;
using System.Net.WebSockets;
using System.Threading.Channels;

namespace Serverless.Local.Realtime;

/// <summary>One socket: a loop that reads, a loop that writes from a bounded queue, and one ending that both lead to.</summary>
internal sealed class SocketConnection(WebSocket socket, RealtimeOptions options, TimeProvider time)
{
    // Unbounded for the channel alone: TrySend bounds messages and bytes together.
    private readonly Channel<ReadOnlyMemory<byte>> queue = Channel.CreateUnbounded<ReadOnlyMemory<byte>>(new() { SingleReader = true });
    private readonly TaskCompletionSource<Ending> ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long queuedMessages;
    private long queuedBytes;

    /// <summary>The groups that it is in; the transport's lock guards them.</summary>
    public HashSet<string> Groups { get; } = [];

    /// <summary>Queues a message; a client that has too much waiting is closed instead.</summary>
    /// <returns>False where the connection is ending.</returns>
    public bool TrySend(ReadOnlyMemory<byte> message)
    {
        if (ending.Task.IsCompleted)
        {
            return false;
        }

        var messages = Interlocked.Increment(ref queuedMessages);
        var bytes = Interlocked.Add(ref queuedBytes, message.Length);
        if (messages > options.QueuedMessages || bytes > options.QueuedBytes)
        {
            End(new Ending(WebSocketCloseStatus.PolicyViolation, "The client reads too slowly.", Drops: true));
            return false;
        }

        return queue.Writer.TryWrite(message);
    }

    /// <summary>Has both loops end, after what is queued was sent. The first reason stands.</summary>
    public void End(WebSocketCloseStatus status, string reason) => End(new Ending(status, reason));

    /// <summary>Runs until the socket has ended, from either side.</summary>
    /// <param name="onConnected">Comes before the first message.</param>
    /// <param name="onMessage">Takes each whole text message in turn; the memory is its only until it completes.</param>
    /// <param name="cancellation">Closes the socket as the server goes away.</param>
    /// <remarks>Throws what the two functions throw, after the socket was closed for it.</remarks>
    public async Task RunAsync(Func<Task> onConnected, Func<ReadOnlyMemory<byte>, Task> onMessage, CancellationToken cancellation)
    {
        using var abort = new CancellationTokenSource();
        await using var stopping = cancellation.UnsafeRegister(
            static connection => ((SocketConnection)connection!).End(WebSocketCloseStatus.EndpointUnavailable, "The server is stopping."),
            this
        );
        var writing = WriteAsync(abort.Token);
        var reading = ReadAsync(onConnected, onMessage, abort.Token);
        var end = await ending.Task;
        await using var timeout = time.CreateTimer(_ => abort.Cancel(), null, options.CloseTimeout, Timeout.InfiniteTimeSpan);
        await writing;
        await CloseOutputAsync(end, abort.Token);
        await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        socket.Abort();
        await reading;
    }

    private void End(Ending end)
    {
        ending.TrySetResult(end);
        queue.Writer.TryComplete();
    }

    private async Task ReadAsync(Func<Task> onConnected, Func<ReadOnlyMemory<byte>, Task> onMessage, CancellationToken abort)
    {
        try
        {
            await onConnected();
            var message = new ArrayBufferWriter<byte>(4096);
            while (await ReceiveAsync(message, abort) is { MessageType: not WebSocketMessageType.Close } received)
            {
                await TakeAsync(message, received, onMessage);
            }

            End(WebSocketCloseStatus.NormalClosure, "");
        }
        catch
        {
            End(WebSocketCloseStatus.InternalServerError, "The server failed.");
            throw;
        }
    }

    private async Task TakeAsync(
        ArrayBufferWriter<byte> message,
        ValueWebSocketReceiveResult received,
        Func<ReadOnlyMemory<byte>, Task> onMessage
    )
    {
        if (ending.Task.IsCompleted)
        {
            // What comes after the end is read and dropped, or the client might never see why.
            message.ResetWrittenCount();
        }
        else if (received.MessageType == WebSocketMessageType.Binary)
        {
            End(WebSocketCloseStatus.InvalidMessageType, "Only text messages are understood.");
        }
        else if (message.WrittenCount > options.MessageBytes)
        {
            End(WebSocketCloseStatus.MessageTooBig, $"A message may have {options.MessageBytes} bytes.");
        }
        else if (received.EndOfMessage)
        {
            await onMessage(message.WrittenMemory);
            message.ResetWrittenCount();
        }
    }

    private async Task<ValueWebSocketReceiveResult?> ReceiveAsync(ArrayBufferWriter<byte> message, CancellationToken abort)
    {
        try
        {
            var received = await socket.ReceiveAsync(message.GetMemory(4096), abort);
            message.Advance(received.Count);
            return received;
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            return null;
        }
    }

    private async Task WriteAsync(CancellationToken abort)
    {
        try
        {
            await foreach (var message in queue.Reader.ReadAllAsync(abort))
            {
                if (ending.Task is { IsCompleted: true } ended && (await ended).Drops)
                {
                    return;
                }

                await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, abort);
                Interlocked.Decrement(ref queuedMessages);
                Interlocked.Add(ref queuedBytes, -message.Length);
            }
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            End(WebSocketCloseStatus.EndpointUnavailable, "The connection broke.");
        }
    }

    private async Task CloseOutputAsync(Ending end, CancellationToken abort)
    {
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(end.Status, CloseReason.Fit(end.Reason), abort);
            }
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            // There is nobody left to tell.
        }
    }

    private static bool IsBroken(Exception exception) =>
        exception
            is WebSocketException
                or OperationCanceledException
                or IOException
                or ObjectDisposedException
                or InvalidOperationException;

    /// <param name="Status">The status of the close frame.</param>
    /// <param name="Reason">Its reason.</param>
    /// <param name="Drops">Whether what is still queued is dropped.</param>
    private sealed record Ending(WebSocketCloseStatus Status, string Reason, bool Drops = false);
}
