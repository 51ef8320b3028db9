using System.Text.Json.Nodes;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Devices;

/// <summary>What somebody said of a device's installation.</summary>
/// <param name="Id">A decimal string that grows with time.</param>
/// <param name="Device">The device's id.</param>
/// <param name="Status">One of <see cref="Installations.Statuses"/>.</param>
/// <param name="Time">When it was said.</param>
/// <param name="User">Who said it.</param>
public sealed record Installation(string Id, string Device, string Status, DateTimeOffset Time, string? User);

/// <summary>Whether devices are installed: the last word in the twin, and every word in a history beside it.</summary>
public sealed class Installations(IDocumentStore store, DeviceDirectory devices, DeviceIds ids, TimeProvider time)
{
    /// <summary>Every status that a device may have.</summary>
    public static readonly IReadOnlyList<string> Statuses = ["new", "installed", "uninstalled", "quarantine", "retired"];

    /// <summary>Writes down a status, in the twin and in its history at once.</summary>
    /// <exception cref="DomainException">There is no such device, or the status is none.</exception>
    public async Task<Stored<DeviceTwin>> AddAsync(
        string tenant,
        string device,
        string status,
        string? user,
        CancellationToken cancellation
    )
    {
        var said = new Installation(ids.Next(), device, status, time.GetUtcNow(), user);
        var write = new DocumentWrite(WriteMode.Create, Kinds.Installation, said.Id, DeviceJson.Default.Installation.ToBody(said));
        return await devices.UpdateWithAsync(tenant, device, twin => twin with { Installation = status }, null, [write], cancellation);
    }

    /// <summary>What was said of a device, newest first.</summary>
    public IAsyncEnumerable<Stored<Installation>> ListAsync(string tenant, string device, CancellationToken cancellation)
    {
        var query = new DocumentQuery(
            tenant,
            Kinds.Installation,
            Filter.Eq("device", JsonValue.Create(device)),
            [new Ordering("id", Descending: true)]
        );
        return store.QueryAllAsync(query, DeviceJson.Default.Installation, cancellation);
    }
}
