using System.Text.Json.Nodes;
using Serverless.Domain.Alarms;
using Serverless.Domain.Events;

namespace Serverless.Domain.Devices;

/// <summary>Writes down when devices come and go at their hub, and tells whoever subscribed.</summary>
public sealed class DeviceConnections(DeviceDirectory devices, EventOutbox events, ConnectionAlarms alarms)
{
    /// <summary>Told of every device that has come, with its tenant and id.</summary>
    public event Action<string, string>? Connected;

    /// <summary>Records that a device is connected, or no longer. What is older than what is known changes nothing; a device that nobody knows is no error.</summary>
    /// <param name="hubId">The device's hub id.</param>
    /// <param name="connected">Whether it came or went.</param>
    /// <param name="at">When, by the hub's clock.</param>
    /// <param name="cancellation">Cancels it.</param>
    public async Task RecordAsync(string hubId, bool connected, DateTimeOffset at, CancellationToken cancellation)
    {
        if (await devices.FindByHubIdAsync(hubId, cancellation) is not var (tenant, device))
        {
            return;
        }

        try
        {
            var connection = new Connection(connected, at);
            CloudEvent? told = null;
            var stored = await devices.UpdateWithAsync(
                tenant,
                device.Value.Id,
                twin =>
                {
                    told = null;
                    return twin.Connection is { } known && (known.Since > at || known == connection)
                        ? twin
                        : twin with
                        {
                            Connection = connection,
                        };
                },
                null,
                [],
                cancellation,
                tells: twin => told = EventOf(tenant, twin, connection)
            );
            if (stored.Value.Connection == connection)
            {
                // Also where that is known already: the process that wrote it may have died before it came to this.
                await alarms.TakeAsync(tenant, stored.Value, connection, cancellation);
                await events.PublishAsync(tenant, told is null ? [] : [told], cancellation);
                if (connected)
                {
                    Connected?.Invoke(tenant, stored.Value.Id);
                }
            }
        }
        catch (DomainException gone) when (gone.Refusal == Refusal.NotFound)
        {
            // The device was deleted at this moment.
        }
    }

    private static CloudEvent EventOf(string tenant, DeviceTwin twin, Connection connection)
    {
        var what = connection.Connected ? "connected" : "disconnected";
        return new CloudEvent(
            $"{tenant}-{twin.Id}-{what}-{connection.Since.UtcTicks}",
            $"/tenants/{tenant}",
            $"serverless.device.{what}",
            $"devices/{twin.Id}",
            connection.Since,
            new JsonObject
            {
                ["id"] = twin.Id,
                ["uuid"] = twin.Uuid.ToString(),
                ["hubId"] = twin.HubId,
                ["group"] = twin.Group,
            }
        );
    }
}
