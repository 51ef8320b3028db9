using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Dialects.Http;
using Serverless.Domain.Changes;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>
/// Bayeux by long polling (reference 2.3). A connect waits until there is a notification, and is answered with all that there are. They are read from the change log behind the session's cursor, on whatever
/// instance the request comes to.
/// </summary>
/// <remarks>
/// The cursor moves once the reply is written. Where the client has gone while it waited, or the reply cannot be written, it stays, and the next connect gets the same again. A reply that was written but was
/// lost on its way nobody here can tell from one that came: a client that must not lose it uses the extension ack (its handshake has ext.ack true). Then each reply with notifications names the last change
/// that it holds, the next connect repeats what came, and the cursor goes back to that.
/// </remarks>
internal sealed class LongPolling(
    CumulocityCallers callers,
    BayeuxServer server,
    RealtimeSessions sessions,
    SocketSessions sockets,
    ChangeFeeds feeds,
    Backlog backlog,
    HeldPolls polls,
    MeasurementListeners listeners,
    AgentPresence presence,
    ChangeLog log,
    CumulocityRealtimeOptions options,
    TimeProvider time
)
{
    private const string ContentType = "application/json;charset=UTF-8";

    // How late a poll learns that another instance has changed its session.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    public async Task HandleAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = "POST";
            throw new CumulocityException(
                StatusCodes.Status405MethodNotAllowed,
                "notification/Method Not Allowed",
                "Long polling is by POST, and a socket by GET with Upgrade: websocket."
            );
        }

        var caller = await callers.FindAsync(context.Request, context.RequestAborted);
        if (
            caller is null
            && (context.Request.Headers.Authorization.Count > 0 || context.Request.Cookies.ContainsKey(CumulocityCallers.TokenCookie))
        )
        {
            throw CumulocityErrors.Unauthorized;
        }

        if (caller is not null && !CumulocityCallers.Allows(Permission.Read, caller))
        {
            throw CumulocityErrors.Forbidden;
        }

        if (await ReadAsync(context) is not { } messages)
        {
            return;
        }

        if (caller is null && !AreKnown(messages))
        {
            throw CumulocityErrors.Unauthorized;
        }

        var peer = new BayeuxPeer(caller, SelfUrls.Of(context.Request).Root);
        var exchange = await server.ReceiveAsync(messages, peer, context.RequestAborted);
        if (exchange.Held is { } held)
        {
            await ConnectAsync(context, held, exchange.Replies);
        }
        else
        {
            await WriteAsync(context, default, exchange.Replies);
        }
    }

    /// <summary>Without a header a handshake brings credentials of its own, and what follows the client id that it got.</summary>
    private static bool AreKnown(IReadOnlyList<BayeuxMessage> messages) =>
        messages.All(message =>
            message.Channel == BayeuxMessage.Handshake ? message.Credentials?.Token is not null : message.ClientId is not null
        );

    private async Task<IReadOnlyList<BayeuxMessage>?> ReadAsync(HttpContext context)
    {
        try
        {
            var messages = BayeuxMessage.Parse(
                await RequestBodies.ReadAsync(context.Request, options.MessageBytes, context.RequestAborted)
            );
            if (messages.Count > 0)
            {
                return messages;
            }

            await RefuseAsync(context, StatusCodes.Status400BadRequest, "There is no message");
        }
        catch (JsonException broken)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, $"The messages cannot be read: {broken.Message}");
        }
        catch (BodyTooLargeException large)
        {
            await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, large.Message);
        }

        return null;
    }

    private static Task RefuseAsync(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = ContentType;
        return context.Response.WriteAsync(BayeuxReplies.Unreadable(why).ToJsonString(), context.RequestAborted);
    }

    private async Task ConnectAsync(HttpContext context, HeldConnect held, List<JsonObject> replies)
    {
        var cancellation = context.RequestAborted;
        var tenant = RealtimeSessions.TenantOf(held.ClientId)!;
        var message = new BayeuxMessage { Channel = BayeuxMessage.Connect, Id = held.Id };
        using var poll = polls.Enter(held.ClientId);

        // A process that stops does not wait for polls, and their clients come again.
        var stopping = context.RequestServices.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;
        await using var stop = stopping.UnsafeRegister(static waiting => ((HeldPoll)waiting!).Supersede(), poll);
        if (await BeginAsync(tenant, held, poll, cancellation) is not { } begun)
        {
            replies.Add(BayeuxReplies.Unknown(message));
            await WriteAsync(context, default, replies);
            return;
        }

        var last = await log.GetLastAsync(tenant, cancellation);
        if (last - begun.Cursor > options.MostBehind)
        {
            await sessions.RemoveAsync(held.ClientId, cancellation);
            replies.Add(
                BayeuxReplies.Unknown(message, $"{last - begun.Cursor} changes behind, of which {options.MostBehind} are kept for it")
            );
            await WriteAsync(context, default, replies);
            return;
        }

        NotificationBatch? found = null;
        try
        {
            (var session, found) = await HoldAsync(tenant, held, begun, last, poll, cancellation);
            var reply = session is null
                ? BayeuxReplies.Unknown(message)
                : BayeuxReplies.Connected(
                    held.Id,
                    TimeSpan.FromMilliseconds(session.Timeout),
                    found is null ? TimeSpan.FromSeconds(1) : TimeSpan.Zero
                );
            if (session is { Acknowledges: true } && found is { Count: > 0 })
            {
                reply["ext"] = new JsonObject { ["ack"] = found.Last };
            }

            replies.Add(reply);
            await WriteAsync(context, found?.Messages ?? default, replies);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The client has gone: what it did not get stays for its next connect.
            found = null;
        }

        await EndAsync(held.ClientId, poll, found?.Last);
    }

    private async Task<RealtimeSession?> BeginAsync(string tenant, HeldConnect held, HeldPoll poll, CancellationToken cancellation)
    {
        RealtimeSession? before = null;
        var session = await sessions.UpdateAsync(
            held.ClientId,
            old =>
            {
                before = old;
                return old with
                {
                    Connection = null,
                    Holder = poll.Name,
                    Cursor = held.Got is >= 0 and var got && got < old.Cursor ? got : old.Cursor,
                };
            },
            cancellation
        );
        if (session is null)
        {
            return null;
        }

        if (before!.Connection is not null)
        {
            await sockets.LeaveAsync(tenant, before, cancellation);
        }

        await listeners.RenewAsync(tenant, session.Subscriptions.Keys, cancellation);
        await presence.SeenAsync(tenant, session.Subscriptions.Keys, held.Wait + options.Window, cancellation);
        return session;
    }

    /// <summary>Waits for notifications.</summary>
    /// <returns>The session, null where it has ended; and its notifications, none where the time is up, null where another connect has taken its place.</returns>
    private async Task<(RealtimeSession? Session, NotificationBatch? Found)> HoldAsync(
        string tenant,
        HeldConnect held,
        RealtimeSession session,
        long last,
        HeldPoll poll,
        CancellationToken cancellation
    )
    {
        var deadline = time.GetUtcNow() + held.Wait;
        var after = session.Cursor;
        while (true)
        {
            using var waiter = await feeds.Of(tenant).EnterAsync(session.Subscriptions.Keys, cancellation);
            while (true)
            {
                waiter.Reset();
                var found = await backlog.ReadAsync(tenant, session, after, last, cancellation);
                after = found.Last;
                var left = deadline - time.GetUtcNow();
                if (poll.IsSuperseded)
                {
                    return (session, null);
                }

                if (found.Count > 0 || left <= TimeSpan.Zero)
                {
                    return (await sessions.FindAsync(held.ClientId, cancellation)) switch
                    {
                        null => (null, null),
                        var now when now.Holder != poll.Name => (now, null),
                        var now => (now, found),
                    };
                }

                if (!await WaitAsync(waiter, poll, left < LookAgain ? left : LookAgain, cancellation))
                {
                    break;
                }
            }

            // Somebody may have changed the session: here, or on another instance. What changes it from now on wakes again.
            poll.Reset();
            if (await sessions.FindAsync(held.ClientId, cancellation) is not { } again)
            {
                return (null, null);
            }

            if (again.Holder != poll.Name)
            {
                return (again, null);
            }

            session = again;
        }
    }

    /// <returns>Whether there is a notification; false where the session is to be looked at again.</returns>
    private async Task<bool> WaitAsync(FeedWaiter waiter, HeldPoll poll, TimeSpan wait, CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAny(waiter.Next, poll.Woken).WaitAsync(wait, time, cancellation);
            return !poll.Woken.IsCompleted;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>The poll is over; its cursor moves where the client has its reply.</summary>
    private async Task EndAsync(string clientId, HeldPoll poll, long? got)
    {
        await sessions.UpdateAsync(
            clientId,
            old => old.Holder != poll.Name ? null : old with { Holder = null, Cursor = got ?? old.Cursor },
            CancellationToken.None
        );
    }

    private static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> notifications, List<JsonObject> replies)
    {
        using var body = new MemoryStream();
        body.WriteByte((byte)'[');
        body.Write(notifications.Span);
        for (var i = 0; i < replies.Count; i++)
        {
            if (i > 0 || notifications.Length > 0)
            {
                body.WriteByte((byte)',');
            }

            body.Write(Notification.Render(replies[i]));
        }

        body.WriteByte((byte)']');
        context.Response.ContentType = ContentType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted);
        await context.Response.CompleteAsync();
    }
}
