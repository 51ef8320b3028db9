using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Availability;

/// <summary>Notes the agents that wait for their operations on /notification/operations as connected.</summary>
internal sealed class PollingAgents(PushConnections connections) : IAgentPresence
{
    public async ValueTask SeenAsync(string tenant, string agent, DateTimeOffset until, CancellationToken cancellation) =>
        await connections.SeenAsync(tenant, agent, until, cancellation);
}
