using System.Text;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Mqtt.Operations;
using Serverless.Dialects.Cumulocity.Mqtt.SmartRest;
using Serverless.Domain.Documents;
using Serverless.Domain.Topics;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Mqtt.Sessions;

/// <summary>One device's connection. Its messages are taken in their order, each durable before the next: an alarm that is raised and cleared is cleared.</summary>
internal sealed class CumulocityTopicSession : ITopicSession, IAsyncDisposable
{
    // A password that was changed since is good for no longer than this.
    private static readonly TimeSpan CheckTime = TimeSpan.FromSeconds(30);

    private readonly TopicServices services;
    private readonly Caller caller;
    private readonly ClientId id;
    private readonly TopicClient client;
    private readonly ClientTopics topics;
    private readonly TopicMessages messages;
    private readonly OperationPush push;
    private readonly CancellationTokenSource ended = new();
    private DateTimeOffset checkedAt;
    private Task? renewing;
    private ITopicLink? link;

    public CumulocityTopicSession(TopicServices services, Caller caller, ClientId id, TopicClient client)
    {
        (this.services, this.caller, this.id, this.client) = (services, caller, id, client);
        checkedAt = services.Time.GetUtcNow();
        topics = new ClientTopics(id.Collection);
        messages = new TopicMessages(
            services.Devices,
            services.Api,
            services.Collections,
            services.DeadLetters,
            services.Clock,
            services.Logger
        );
        push = new OperationPush(
            caller,
            topics,
            services.Api,
            services.Directory,
            services.Collections,
            services.Feeds,
            services.Changes,
            services.Logger
        );
    }

    public string Key => $"{caller.Tenant}/{id.Serial}";

    public string Tenant => caller.Tenant;

    public async ValueTask OnConnectedAsync(ITopicLink link, CancellationToken cancellation)
    {
        this.link = link;
        topics.Begin(link);
        await AttachAsync(cancellation);
    }

    public async Task OnPublishAsync(TopicMessage message, CancellationToken cancellation)
    {
        if (!await IsGoodAsync(cancellation))
        {
            return;
        }

        var up = new UpMessage(caller, id.Serial, id.Collection, message.Topic, message.Payload);
        var limit = (await services.Tenants.FindAsync(Tenant, cancellation))?.Value.Settings.Cumulocity.MqttPayloadBytes;
        if (limit > 0 && SizeOf(message) is var size && size > limit)
        {
            var text = $"The message has {size} bytes with its header, more than the {limit} that are taken";
            messages.Refuse(up, Tell(message), new SmartRestException(SmartRestError.Malformed, IdOf(message), text));
            return;
        }

        if (UpTopic.Parse(message.Topic)?.Kind == UpKind.Token)
        {
            await GiveTokenAsync(cancellation);
            return;
        }

        await messages.TakeAsync(up, () => push.PushPendingAsync(null, cancellation), Tell(message), cancellation);
        await AttachAsync(cancellation);
    }

    public async ValueTask<bool> OnSubscribeAsync(string filter, int qos, CancellationToken cancellation)
    {
        if (!ClientTopics.IsKnown(filter))
        {
            return false;
        }

        topics.Add(filter, qos);
        if (filter == ClientTopics.Notifications)
        {
            await AttachAsync(cancellation);
            await push.PushPendingAsync(filter, cancellation);
        }

        return true;
    }

    public ValueTask OnUnsubscribeAsync(string filter, CancellationToken cancellation)
    {
        topics.Remove(filter);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => OnDisconnectedAsync();

    public async ValueTask OnDisconnectedAsync()
    {
        await ended.CancelAsync();
        await push.DisposeAsync();
        await (renewing ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ended.Dispose();
        if (push.Agent is { } device)
        {
            await services.Connections.CloseAsync(Tenant, device, client.ConnectedAt, CancellationToken.None);
        }
    }

    /// <summary>Follows the operations of the client's device, and notes that it is connected, once there is such a device.</summary>
    private async Task AttachAsync(CancellationToken cancellation)
    {
        if (
            await services.Devices.FindAsync(Tenant, id.Serial, cancellation) is { } device
            && device.Id != push.Agent
            && await services.Devices.IsOfAsync(caller, device, cancellation)
        )
        {
            await push.AttachAsync(device.Id, cancellation);
            await services.Connections.OpenAsync(Tenant, device.Id, client.ConnectedAt, cancellation);
            renewing ??= RenewAsync();
        }
    }

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(Domain.Devices.PushConnections.Renewal, services.Time);
        while (await timer.WaitForNextTickAsync(ended.Token))
        {
            try
            {
                await services.Connections.OpenAsync(Tenant, push.Agent!, client.ConnectedAt, ended.Token);
            }
            catch (StoreUnavailableException away)
            {
                CumulocityTopicLog.NotRenewed(services.Logger, Key, away);
            }
        }
    }

    /// <summary>What the sender is told; JSON names the message by its packet identifier, or 0 where it has none.</summary>
    private Action<DownMessage> Tell(TopicMessage message) =>
        told =>
        {
            if (told.Topic == ClientTopics.JsonErrors)
            {
                var error = JsonNode.Parse(told.Payload)!.AsObject();
                error["messageId"] = message.PacketId;
                told = told with { Payload = error.ToJsonString(JsonTexts.Options) };
            }

            topics.Publish(told.Topic, told.Payload);
        };

    /// <summary>A token for the REST API (71,token on s/dat).</summary>
    private async Task GiveTokenAsync(CancellationToken cancellation)
    {
        if (await services.Users.FindAsync(Tenant, caller.User, cancellation) is { } user)
        {
            var tokens = await services.Tokens.IssueAsync(Tenant, user.Value, null, cancellation);
            topics.Publish(ClientTopics.Tokens, SmartRestWriter.Write("71", tokens.Access));
        }
    }

    /// <summary>Whether the user's name and password are good still; where they are not, the connection ends.</summary>
    private async ValueTask<bool> IsGoodAsync(CancellationToken cancellation)
    {
        var now = services.Time.GetUtcNow();
        if (now - checkedAt < CheckTime)
        {
            return true;
        }

        var known = await services.Callers.FindByPasswordAsync(client.UserName!, client.Password!, cancellation);
        if (known is null || known.Tenant != Tenant || !(known.MayWrite || known.Is(Roles.Device)))
        {
            link?.Close("the password is no longer the user's");
            return false;
        }

        checkedAt = now;
        return true;
    }

    /// <summary>The bytes of the packet: fixed header, topic, identifier and payload.</summary>
    private static int SizeOf(TopicMessage message)
    {
        var rest = 2 + Encoding.UTF8.GetByteCount(message.Topic) + (message.Qos > 0 ? 2 : 0) + message.Payload.Length;
        var lengthBytes = rest switch
        {
            < 128 => 1,
            < 16_384 => 2,
            < 2_097_152 => 3,
            _ => 4,
        };
        return 1 + lengthBytes + rest;
    }

    /// <summary>The id of the first row of a message that is not read.</summary>
    private static string IdOf(TopicMessage message)
    {
        var start = message.Payload.Span[..Math.Min(message.Payload.Length, 16)];
        var end = start.IndexOf((byte)',');
        return end > 0 && start[..end].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 ? Encoding.ASCII.GetString(start[..end]) : "";
    }
}
