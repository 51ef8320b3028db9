using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Operations;

/// <summary>Operations as commands.</summary>
internal static class OperationCommands
{
    /// <summary>
    /// An operation for a device. It has no deadline. Where neither the device nor one that it is behind was ever connected to the hub, it waits until its agent comes for it; else it goes by the tenant's
    /// way for the device's type.
    /// </summary>
    /// <exception cref="CumulocityException">No agent takes operations to the device.</exception>
    public static async Task<NewCommand> OfAsync(
        CommandAgents agents,
        string tenant,
        DeviceTwin twin,
        JsonObject payload,
        CancellationToken cancellation
    )
    {
        var agent = await agents.FindAsync(tenant, twin, cancellation);
        if (agent.Id is null)
        {
            throw CumulocityErrors.Invalid(
                "devicecontrol",
                $"The device '{twin.Id}' takes no operations: neither it nor a device above it has the fragment {CommandAgents.Fragment}."
            );
        }

        return new NewCommand
        {
            Device = twin.Id,
            Dialect = CumulocityDialect.DialectName,
            Payload = payload,
            Delivery = agent.WasConnected ? null : CommandDelivery.Collected,
            Endless = true,
        };
    }
}
