using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Requests;

/// <summary>The names of the objects that a list is about, each read once.</summary>
internal sealed class SourceNames(DeviceDirectory devices, string tenant, CancellationToken cancellation)
{
    private readonly Dictionary<string, DeviceTwin?> known = [];

    /// <summary>The object, or null where it was deleted.</summary>
    public async ValueTask<DeviceTwin?> FindAsync(string id)
    {
        if (!known.TryGetValue(id, out var twin))
        {
            known[id] = twin = (await devices.FindAsync(tenant, id, cancellation))?.Value;
        }

        return twin;
    }

    public async ValueTask<string?> NameAsync(string id) => (await FindAsync(id))?.Name;
}
