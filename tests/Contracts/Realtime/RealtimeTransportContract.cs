using System.Text;
using Serverless.Domain.Realtime;

namespace Serverless.Contracts.Realtime;

/// <summary>What every <see cref="IRealtimeTransport"/> does. An adapter joins by one class that connects clients to it.</summary>
public abstract class RealtimeTransportContract
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected RecordingRealtimeHandler Handler { get; } = new();

    protected abstract IRealtimeTransport Transport { get; }

    /// <summary>Connects a client, of which the handler has not been told yet.</summary>
    protected abstract Task<IRealtimeClient> ConnectAsync();

    protected static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected async Task<IRealtimeClient> ConnectedAsync()
    {
        var client = await ConnectAsync();
        Assert.Equal((client.ConnectionId, "connected"), await Handler.NextAsync(Cancellation));
        return client;
    }

    [Fact]
    public async Task The_handler_hears_of_connection_messages_and_disconnection_in_order()
    {
        await using var client = await ConnectedAsync();
        await client.SendAsync("one");
        await client.SendAsync("zwei ü 😀");
        await client.SendAsync("");
        await client.CloseAsync();

        Assert.Equal((client.ConnectionId, "message one"), await Handler.NextAsync(Cancellation));
        Assert.Equal((client.ConnectionId, "message zwei ü 😀"), await Handler.NextAsync(Cancellation));
        Assert.Equal((client.ConnectionId, "message "), await Handler.NextAsync(Cancellation));
        Assert.Equal((client.ConnectionId, "disconnected"), await Handler.NextAsync(Cancellation));
    }

    [Fact]
    public async Task A_long_message_arrives_whole_in_either_direction()
    {
        var text = new string('ü', 100_000);
        await using var client = await ConnectedAsync();

        await client.SendAsync(text);
        Assert.Equal((client.ConnectionId, $"message {text}"), await Handler.NextAsync(Cancellation));
        Assert.True(await Transport.SendAsync(client.ConnectionId, Bytes(text), Cancellation));
        Assert.Equal(text, await client.ReceiveAsync());
    }

    [Fact]
    public async Task Sends_to_one_connection_arrive_there_in_order()
    {
        await using var client = await ConnectedAsync();
        await using var other = await ConnectedAsync();
        for (var number = 0; number < 100; number++)
        {
            Assert.True(await Transport.SendAsync(client.ConnectionId, Bytes($"{number}"), Cancellation));
        }

        await Transport.SendAsync(other.ConnectionId, Bytes("other"), Cancellation);

        for (var number = 0; number < 100; number++)
        {
            Assert.Equal($"{number}", await client.ReceiveAsync());
        }

        Assert.Equal("other", await other.ReceiveAsync());
    }

    [Fact]
    public async Task A_send_leaves_the_callers_buffer_to_the_caller()
    {
        await using var client = await ConnectedAsync();
        var buffer = new byte[] { (byte)'a' };
        await Transport.AddToGroupAsync(client.ConnectionId, "g", Cancellation);

        await Transport.SendAsync(client.ConnectionId, buffer, Cancellation);
        buffer[0] = (byte)'b';
        await Transport.SendToGroupAsync("g", buffer, Cancellation);
        buffer[0] = (byte)'c';

        Assert.Equal("a", await client.ReceiveAsync());
        Assert.Equal("b", await client.ReceiveAsync());
    }

    [Fact]
    public async Task A_group_reaches_its_members_once_and_nobody_else()
    {
        await using var member = await ConnectedAsync();
        await using var former = await ConnectedAsync();
        await using var stranger = await ConnectedAsync();
        Assert.True(await Transport.AddToGroupAsync(member.ConnectionId, "g", Cancellation));
        Assert.True(await Transport.AddToGroupAsync(member.ConnectionId, "g", Cancellation));
        Assert.True(await Transport.AddToGroupAsync(former.ConnectionId, "g", Cancellation));
        await Transport.RemoveFromGroupAsync(former.ConnectionId, "g", Cancellation);

        await Transport.SendToGroupAsync("g", Bytes("to the group"), Cancellation);
        foreach (var client in new[] { member, former, stranger })
        {
            await Transport.SendAsync(client.ConnectionId, Bytes("end"), Cancellation);
        }

        Assert.Equal("to the group", await member.ReceiveAsync());
        Assert.Equal("end", await member.ReceiveAsync());
        Assert.Equal("end", await former.ReceiveAsync());
        Assert.Equal("end", await stranger.ReceiveAsync());
    }

    [Fact]
    public async Task What_is_not_there_is_no_error()
    {
        Assert.False(await Transport.SendAsync("nobody", Bytes("x"), Cancellation));
        Assert.False(await Transport.AddToGroupAsync("nobody", "g", Cancellation));
        Assert.False(await Transport.ExistsAsync("nobody", Cancellation));
        await Transport.SendToGroupAsync("empty", Bytes("x"), Cancellation);
        await Transport.RemoveFromGroupAsync("nobody", "g", Cancellation);
        await Transport.CloseAsync("nobody", "reason", Cancellation);
    }

    [Fact]
    public async Task Closing_sends_what_was_queued_then_the_reason_and_forgets_the_connection()
    {
        await using var client = await ConnectedAsync();
        await Transport.AddToGroupAsync(client.ConnectionId, "g", Cancellation);
        await Transport.SendAsync(client.ConnectionId, Bytes("last words"), Cancellation);
        Assert.True(await Transport.ExistsAsync(client.ConnectionId, Cancellation));

        await Transport.CloseAsync(client.ConnectionId, "token expired", Cancellation);

        Assert.False(await Transport.SendAsync(client.ConnectionId, Bytes("late"), Cancellation));
        Assert.False(await Transport.ExistsAsync(client.ConnectionId, Cancellation));
        await Transport.SendToGroupAsync("g", Bytes("late"), Cancellation);
        Assert.Equal("last words", await client.ReceiveAsync());
        Assert.Null(await client.ReceiveAsync());
        Assert.Equal("token expired", client.CloseReason);
        await client.CloseAsync();
        Assert.Equal((client.ConnectionId, "disconnected"), await Handler.NextAsync(Cancellation));
    }

    [Fact]
    public async Task A_handler_may_answer_from_within_a_message()
    {
        Handler.OnMessage = (id, text) => Transport.SendAsync(id, Bytes($"echo {text}"), Cancellation);
        await using var client = await ConnectedAsync();

        await client.SendAsync("hello");

        Assert.Equal("echo hello", await client.ReceiveAsync());
    }
}
