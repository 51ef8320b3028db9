using Microsoft.Extensions.Logging;
using Serverless.Domain.Topics;

namespace Serverless.Dialects.Conduit.Topics;

/// <summary>A client that publishes uplinks. There is nothing to subscribe to.</summary>
internal sealed partial class ConduitSession(ConduitTopics topics, string tenant, string key, ILogger logger) : ITopicSession
{
    public string Key { get; } = $"{tenant}/{key}";

    public string Tenant => tenant;

    public bool TakesMessagesTogether => true;

    public ValueTask OnConnectedAsync(ITopicLink link, CancellationToken cancellation) => ValueTask.CompletedTask;

    public async Task OnPublishAsync(TopicMessage message, CancellationToken cancellation)
    {
        if (await topics.TakeAsync(tenant, message, cancellation) is { } reason)
        {
            NotStored(logger, Key, reason);
        }
    }

    public ValueTask<bool> OnSubscribeAsync(string filter, int qos, CancellationToken cancellation) => ValueTask.FromResult(false);

    public ValueTask OnUnsubscribeAsync(string filter, CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask OnDisconnectedAsync() => ValueTask.CompletedTask;

    [LoggerMessage(521, LogLevel.Warning, "A message of Conduit's client {Client} was not stored: {Reason}")]
    private static partial void NotStored(ILogger logger, string client, string reason);
}
