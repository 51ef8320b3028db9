using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Serverless.Dialects.ThingScale.Connectors;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Topics;
using Serverless.Domain.Users;

namespace Serverless.Dialects.ThingScale.Topics;

/// <summary>
/// One client of the MQTT device connector. What it publishes is taken, or refused for good: on a topic with another token, or that is none of this API's, it
/// is dropped as the vendor does, and logged; what is of a device that is
/// not mapped, or cannot be read, is a dead letter, as there is no way to tell the sender.
/// </summary>
internal sealed class ThingScaleSession(
    string tenant,
    string user,
    TopicClient client,
    DeviceRoutes routes,
    UserDirectory users,
    ThingScaleIntake intake,
    StateIntake states,
    MessageClock clock,
    TimeProvider time,
    ILogger logger
) : ITopicSession
{
    // A token that was taken from its user is good for no longer than this.
    private static readonly TimeSpan CheckTime = TimeSpan.FromSeconds(30);

    private readonly byte[] token = SHA256.HashData(Encoding.UTF8.GetBytes(client.Password!));
    private DateTimeOffset checkedAt = time.GetUtcNow();
    private Task lastState = Task.CompletedTask;
    private ITopicLink? link;

    public string Key => $"{tenant}/{user}/{client.ClientId}";

    public string Tenant => tenant;

    /// <summary>Messages are dated as they come, and a row changes nothing of another: only states follow one another.</summary>
    public bool TakesMessagesTogether => true;

    public ValueTask OnConnectedAsync(ITopicLink link, CancellationToken cancellation)
    {
        this.link = link;
        routes.Begin(link, cancellation);
        return ValueTask.CompletedTask;
    }

    public async Task OnPublishAsync(TopicMessage message, CancellationToken cancellation)
    {
        var received = clock.Next();
        if (DataTopic.Parse(message.Topic) is not { } topic || !IsOwn(topic.Token))
        {
            ThingScaleLog.Refused(logger, client.ClientId, tenant);
            return;
        }

        var device = topic.Device ?? DataTopic.DeviceOf(client.ClientId);
        if (topic.Form is { } form)
        {
            if (await IsGoodAsync(cancellation))
            {
                await intake.TakeAsync(
                    tenant,
                    device,
                    new Payload(message.Payload, form, topic.Tag),
                    received,
                    keepsRefused: true,
                    cancellation
                );
            }
        }
        else
        {
            await (lastState = TakeStateAsync(lastState, device, message.Payload, received, cancellation));
        }
    }

    public async ValueTask<bool> OnSubscribeAsync(string filter, int qos, CancellationToken cancellation)
    {
        switch (filter.Split('/'))
        {
            case [var own, "#"] when IsOwn(own):
                await routes.AddAllAsync(qos, cancellation);
                return true;
            case [var own, { Length: > 0 } device, "subscribe"] when IsOwn(own) && device != "+":
                await routes.AddAsync(device, qos, cancellation);
                return true;
            default:
                return false;
        }
    }

    public ValueTask OnUnsubscribeAsync(string filter, CancellationToken cancellation)
    {
        switch (filter.Split('/'))
        {
            case [_, "#"]:
                routes.RemoveAll();
                break;
            case [_, var device, "subscribe"]:
                routes.Remove(device);
                break;
            default:
                break;
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask OnDisconnectedAsync() => await routes.DisposeAsync();

    private async Task TakeStateAsync(
        Task before,
        string device,
        ReadOnlyMemory<byte> payload,
        DateTimeOffset received,
        CancellationToken cancellation
    )
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (await IsGoodAsync(cancellation))
        {
            await states.TakeAsync(tenant, device, payload, received, cancellation);
        }
    }

    private bool IsOwn(string level) => CryptographicOperations.FixedTimeEquals(token, SHA256.HashData(Encoding.UTF8.GetBytes(level)));

    /// <summary>Whether the token is the user's still; where it is not, the connection ends.</summary>
    private async ValueTask<bool> IsGoodAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (now - checkedAt < CheckTime)
        {
            return true;
        }

        if (await users.FindByTokenAsync(client.Password!, TokenPurpose.Device, cancellation) is not var (owner, _) || owner != tenant)
        {
            link?.Close("the device token is no longer the user's");
            return false;
        }

        checkedAt = now;
        return true;
    }
}

/// <summary>Log lines of the MQTT device connector; none has a topic, whose first level is a token.</summary>
internal static partial class ThingScaleLog
{
    [LoggerMessage(
        1,
        LogLevel.Warning,
        "A message of ThingScale's client {ClientId} of {Tenant} was refused: its topic does not begin with the client's own token, or is none of a device's."
    )]
    public static partial void Refused(ILogger logger, string clientId, string tenant);

    [LoggerMessage(
        2,
        LogLevel.Warning,
        "{Tenant} has more devices than the {Most} that one subscription serves: those beyond get nothing by it."
    )]
    public static partial void TooManyDevices(ILogger logger, string tenant, int most);
}
