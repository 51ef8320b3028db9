using System.Text;
using System.Threading.Channels;
using Serverless.Domain.Realtime;

namespace Serverless.Contracts.Realtime;

/// <summary>Keeps what happened on the sockets: connected, message, disconnected.</summary>
public sealed class RecordingRealtimeHandler : IRealtimeHandler
{
    private readonly Channel<(string Id, string What)> happened = Channel.CreateUnbounded<(string, string)>();

    /// <summary>What a test has the handler do with a message before it is recorded.</summary>
    public Func<string, string, Task> OnMessage { get; set; } = (_, _) => Task.CompletedTask;

    public async Task OnConnectedAsync(string connectionId, CancellationToken cancellation) =>
        await happened.Writer.WriteAsync((connectionId, "connected"), cancellation);

    public async Task OnMessageAsync(string connectionId, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        var text = Encoding.UTF8.GetString(message.Span);
        await OnMessage(connectionId, text);
        await happened.Writer.WriteAsync((connectionId, $"message {text}"), cancellation);
    }

    public async Task OnDisconnectedAsync(string connectionId, CancellationToken cancellation) =>
        await happened.Writer.WriteAsync((connectionId, "disconnected"), cancellation);

    public Task<(string Id, string What)> NextAsync(CancellationToken cancellation) =>
        happened.Reader.ReadAsync(cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), cancellation);
}
