using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using Serverless.Domain.Topics;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Thingsee.Topics;

/// <summary>
/// Haltian's data stream on the MQTT endpoint (reference C.3): cloudext/json/{env}/{country}/{groupId}/{tuid}/{messageId}, read only. A client logs in with an API client's id as the user name and its
/// secret as the password; the vendor takes X.509 certificates instead. [I]
/// </summary>
public sealed class ThingseeTopics(
    ApiClients clients,
    Logins logins,
    ChangeLog changes,
    Listeners listeners,
    DeviceDirectory devices,
    TimeProvider time,
    ILogger<ThingseeTopics> logger
) : ITopicDialect, IAsyncDisposable
{
    private const int LongestClientId = 128;

    private readonly ConcurrentDictionary<string, ThingseeStream> streams = new();

    public string Name => "thingsee";

    public async ValueTask<TopicAdmission?> AuthenticateAsync(TopicClient client, CancellationToken cancellation)
    {
        if (
            client is not { UserName: { Length: > 0 and <= LongestClientId } id, Password: { } secret }
            || await clients.FindAsync(id, cancellation) is not { } known
        )
        {
            return null;
        }

        if (await logins.LogInClientAsync(id, secret, cancellation) != known.Owner)
        {
            return new TopicAdmission(null);
        }

        var stream = streams.GetOrAdd(known.Owner, tenant => new ThingseeStream(tenant, changes, listeners, devices, time, logger));
        return new TopicAdmission(new ThingseeTopicSession(known, client.ClientId, stream, clients, time));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var stream in streams.Values)
        {
            await stream.DisposeAsync();
        }
    }
}
