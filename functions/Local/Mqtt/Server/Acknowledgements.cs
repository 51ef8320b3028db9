using System.Threading.Channels;
using Serverless.Local.Mqtt.Protocol;

namespace Serverless.Local.Mqtt.Server;

/// <summary>
/// Acknowledges what a client publishes, in the order in which it came (MQTT-4.6.0-2) and not before it is durable. When the window is full the reader
/// waits, which is the back pressure that reaches the client through TCP.
/// </summary>
internal sealed class Acknowledgements(Outbound outbound, int window, Action<Exception> failed)
{
    private readonly record struct Pending(PacketType? Answer, ushort PacketId, Task Durable);

    // Made with the first message: most of a thousand idle connections never send one.
    private Channel<Pending>? channel;
    private Task answering = Task.CompletedTask;

    /// <param name="answer">The packet to answer with, or null at QoS 0.</param>
    /// <param name="packetId">The message's identifier.</param>
    /// <param name="durable">Completes when the message is durable.</param>
    /// <param name="cancellation">Gives up the wait for a place in the window.</param>
    public ValueTask AddAsync(PacketType? answer, ushort packetId, Task durable, CancellationToken cancellation)
    {
        if (channel is null)
        {
            channel = Channel.CreateBounded<Pending>(new BoundedChannelOptions(window) { SingleReader = true, SingleWriter = true });
            answering = AnswerAsync(channel.Reader);
        }

        return channel.Writer.WriteAsync(new Pending(answer, packetId, durable), cancellation);
    }

    /// <summary>Completes when everything that was added has been answered, or has failed.</summary>
    public Task EndAsync()
    {
        channel?.Writer.TryComplete();
        return answering;
    }

    private async Task AnswerAsync(ChannelReader<Pending> pending)
    {
        try
        {
            await foreach (var next in pending.ReadAllAsync())
            {
                await next.Durable;
                if (next.Answer is { } answer)
                {
                    outbound.Acknowledge(answer, next.PacketId);
                }
            }
        }
        catch (Exception exception)
        {
            failed(exception);
        }
    }
}
