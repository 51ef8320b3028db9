using Serverless.Domain.Documents;

namespace Serverless.Domain.Devices;

/// <summary>The names by which a dialect calls devices: the external id of the dialect's own type, and the device's id where it has none, so that a device that came by any door has a name in each.</summary>
public static class DeviceNames
{
    /// <summary>What a dialect calls the device.</summary>
    public static string NameIn(this DeviceTwin twin, string externalIdType)
    {
        foreach (var id in twin.ExternalIds)
        {
            if (id.Type == externalIdType)
            {
                return id.Value;
            }
        }

        return twin.Id;
    }

    /// <summary>The device that a dialect calls by this name, or null.</summary>
    public static async ValueTask<Stored<DeviceTwin>?> FindByNameAsync(
        this DeviceDirectory devices,
        string tenant,
        string externalIdType,
        string name,
        CancellationToken cancellation
    )
    {
        if (name.Length == 0)
        {
            return null;
        }

        if (await devices.FindByExternalIdAsync(tenant, new ExternalId(externalIdType, name), cancellation) is { } named)
        {
            return named;
        }

        // Of a device that has a name here its id is none.
        return
            name.All(char.IsAsciiDigit)
            && await devices.FindAsync(tenant, name, cancellation) is { } device
            && device.Value.NameIn(externalIdType) == name
            ? device
            : null;
    }
}
