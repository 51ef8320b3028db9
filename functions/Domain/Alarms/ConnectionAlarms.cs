using Serverless.Domain.Devices;

namespace Serverless.Domain.Alarms;

/// <summary>Raises an alarm when a gateway loses its connection, and clears it when it comes back: with it, the devices behind it are silent. A sensor of its own comes and goes as it likes.</summary>
public sealed class ConnectionAlarms(AlarmDirectory alarms, Links links)
{
    /// <summary>The type of the alarm (Thingsee's alert_type).</summary>
    public const string Type = "gateway connection lost";

    /// <summary>Takes a device's new connection; the same once more changes nothing.</summary>
    internal async Task TakeAsync(string tenant, DeviceTwin twin, Connection connection, CancellationToken cancellation)
    {
        if (connection.Connected)
        {
            await alarms.ClearAsync(tenant, twin.Id, Type, connection.Since, cancellation);
        }
        else if (twin.Relays || await links.HasChildrenAsync(tenant, twin.Id, Relation.Device, cancellation))
        {
            var text = $"{twin.Name} has lost its connection.";
            await alarms.RaiseAsync(tenant, new NewAlarm(twin.Id, Type, AlarmSeverity.Major, text, connection.Since), cancellation);
        }
    }
}
