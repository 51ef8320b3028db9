using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Serverless.Local.Mqtt.Protocol;

namespace Serverless.Local.Mqtt.Server;

/// <summary>One client's connection from CONNECT to its end.</summary>
[SuppressMessage(
    "Design",
    "CA1001",
    Justification = "The watchdog outlives the connection's task, until the socket is gone; the source has no timer."
)]
internal sealed class MqttConnection : IMqttLink
{
    private const string Gone = "the client is gone";

    private readonly ConnectionContext transport;
    private readonly MqttConnectionHandler endpoint;
    private readonly Outbound outbound;
    private readonly Watchdog watchdog;
    private readonly CancellationTokenSource closing = new();
    private readonly TaskCompletionSource leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string client;
    private string? reason;
    private bool shutdown;

    public MqttConnection(ConnectionContext transport, MqttConnectionHandler endpoint)
    {
        this.transport = transport;
        this.endpoint = endpoint;
        client = $"a client at {transport.RemoteEndPoint}";
        outbound = new Outbound(transport.Transport.Output, endpoint.Options.SendBufferBytes, Overflow);
        watchdog = new Watchdog(endpoint.Time, Abort, endpoint.Options.ConnectTimeout);
    }

    /// <summary>Completes when the connection has ended and its session knows.</summary>
    public Task Ended => ended.Task;

    private PipeReader Input => transport.Transport.Input;

    public async Task RunAsync()
    {
        using var stopping = transport
            .Features.Get<IConnectionLifetimeNotificationFeature>()
            ?.ConnectionClosedRequested.UnsafeRegister(static self => ((MqttConnection)self!).Shutdown(), this);
        try
        {
            if (await AdmitAsync() is { } admitted)
            {
                await ServeAsync(admitted.Session, admitted.Connect);
            }
        }
        catch (MqttProtocolException exception)
        {
            MqttLog.Broken(endpoint.Logger, client, exception.Message);
            if (exception.ReturnCode is { } code)
            {
                outbound.Open(code, sessionPresent: false);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client is gone, or the connection is being closed.
        }
        catch (Exception exception)
        {
            MqttLog.Failed(endpoint.Logger, client, exception);
        }
        finally
        {
            await FinishAsync();
        }
    }

    public void Publish(MqttMessage message, ushort packetId = 0, bool duplicate = false) => outbound.Publish(message, packetId, duplicate);

    public async Task<bool> FlushAsync()
    {
        var flushed = outbound.FlushedAsync();
        return await Task.WhenAny(flushed, leaving.Task) == flushed && await flushed;
    }

    public void Close(string reason)
    {
        Interlocked.CompareExchange(ref this.reason, reason, null);
        closing.Cancel();
        Input.CancelPendingRead();
    }

    /// <summary>Another connection of the same client takes over.</summary>
    public void Kick() => Abort("the client has connected anew");

    private async Task<(IMqttSession Session, ConnectPacket Connect)?> AdmitAsync()
    {
        if (await ReadConnectAsync() is not { } packet)
        {
            return null;
        }

        var certificate = transport.Features.Get<ITlsConnectionFeature>()?.ClientCertificate;
        var connect = new MqttConnect(
            packet.ClientId,
            packet.CleanSession,
            packet.UserName,
            packet.Password,
            packet.Will,
            certificate,
            packet.Version,
            packet.KeepAlive,
            (transport.RemoteEndPoint as IPEndPoint)?.Address.ToString()
        );
        var code = ConnectReturnCode.NotAuthorized;
        foreach (var space in endpoint.Spaces)
        {
            if (await space.AuthenticateAsync(connect, closing.Token) is { } admission)
            {
                if (admission.Session is { } session)
                {
                    return (session, packet);
                }

                code = admission.Code;
                break;
            }
        }

        MqttLog.Refused(endpoint.Logger, transport.RemoteEndPoint?.ToString(), code);
        outbound.Open(code, sessionPresent: false);
        return null;
    }

    private async Task<ConnectPacket?> ReadConnectAsync()
    {
        while (true)
        {
            var result = await Input.ReadAsync();
            var buffer = result.Buffer;
            try
            {
                if (result.IsCanceled)
                {
                    return null;
                }

                if (FrameReader.TryRead(ref buffer, endpoint.Options.MaximumPacketBytes, out var frame))
                {
                    return frame.Type == PacketType.Connect
                        ? ConnectPacket.Read(frame)
                        : throw new MqttProtocolException("The first packet is not CONNECT.");
                }
            }
            finally
            {
                // Behind CONNECT there may be packets already, which are not examined yet.
                Input.AdvanceTo(buffer.Start, buffer.Length < result.Buffer.Length ? buffer.Start : buffer.End);
            }

            if (result.IsCompleted)
            {
                return null;
            }
        }
    }

    private async Task ServeAsync(IMqttSession session, ConnectPacket connect)
    {
        client = session.Key;
        var acknowledgements = new Acknowledgements(outbound, endpoint.Options.ReceiveWindow, NotTaken);
        var clean = false;
        var entered = false;
        var accepted = false;
        try
        {
            await endpoint.Connections.EnterAsync(session.Key, this);
            closing.Token.ThrowIfCancellationRequested();
            entered = true;
            watchdog.Guard(Silence(connect.KeepAlive), session.Expires);
            var present = await session.OnConnectedAsync(this, closing.Token);
            MqttLog.Connected(endpoint.Logger, client, transport.RemoteEndPoint?.ToString());

            // In MQTT 3.1 the byte is reserved.
            outbound.Open(ConnectReturnCode.Accepted, present && connect.Version > ConnectPacket.Version31);
            accepted = true;
            session.OnReady();
            clean = await new PacketLoop(Input, outbound, session, acknowledgements, watchdog, endpoint.Options).RunAsync(closing.Token);
        }
        catch (MqttProtocolException exception) when (accepted)
        {
            Interlocked.CompareExchange(ref reason, exception.Message, null);
            MqttLog.Broken(endpoint.Logger, client, exception.Message);
        }
        finally
        {
            await LeaveAsync(session, acknowledgements, clean, entered);
        }
    }

    private async Task LeaveAsync(IMqttSession session, Acknowledgements acknowledgements, bool clean, bool entered)
    {
        leaving.TrySetResult();
        var last = acknowledgements.EndAsync();
        if (shutdown)
        {
            // What has been read is being committed: the device should not have to send it again.
            await last.WaitAsync(endpoint.Options.CloseTimeout, endpoint.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        try
        {
            if (entered)
            {
                await session.OnDisconnectedAsync(publishWill: !clean && !shutdown);
            }
        }
        finally
        {
            endpoint.Connections.Leave(session.Key, this);
            MqttLog.Disconnected(endpoint.Logger, client, clean ? "the client said so" : reason ?? Gone);
        }
    }

    private async Task FinishAsync()
    {
        ended.TrySetResult();

        // Until the socket is gone the watchdog stays: a client that reads no more must not keep it.
        watchdog.Guard(endpoint.Options.CloseTimeout, until: null);
        var guard = watchdog;
        transport.ConnectionClosed.UnsafeRegister(static guard => ((Watchdog)guard!).Dispose(), guard);
        await outbound.EndAsync();
        await closing.CancelAsync();
    }

    /// <summary>IoT Hub's rule: one and a half times the keep-alive, and never longer than its load balancer's idle time-out.</summary>
    private TimeSpan Silence(ushort keepAlive)
    {
        var asked = TimeSpan.FromSeconds(keepAlive * 1.5);
        return keepAlive == 0 || asked > endpoint.Options.MaximumSilence ? endpoint.Options.MaximumSilence : asked;
    }

    private void NotTaken(Exception exception)
    {
        if (!closing.IsCancellationRequested)
        {
            MqttLog.NotTaken(endpoint.Logger, client, exception);
            Close("a message could not be taken");
        }
    }

    private void Shutdown()
    {
        shutdown = true;
        Close("the server shuts down");
    }

    // Not on the caller's thread, which holds the lock on what goes out.
    private void Overflow() => _ = Task.Run(() => Abort("it does not read what is sent to it"));

    private void Abort(string why)
    {
        Close(why);
        transport.Abort(new ConnectionAbortedException(why));
    }
}
