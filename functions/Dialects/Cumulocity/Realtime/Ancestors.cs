using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>The ids of what a thing is below of, by any number of steps.</summary>
/// <param name="All">By every relation.</param>
/// <param name="Devices">By the relation of devices alone; of what is no device, such as a service, also as an addition. They hear of its operations.</param>
internal sealed record Ancestors(IReadOnlyCollection<string> All, IReadOnlyCollection<string> Devices)
{
    public static readonly Ancestors None = new([], []);

    private static readonly Relation[] Every = [Relation.Device, Relation.Asset, Relation.Addition];

    public static async ValueTask<Ancestors> FindAsync(
        DeviceDirectory devices,
        Links links,
        string tenant,
        string source,
        CancellationToken cancellation
    )
    {
        if (
            await devices.FindAsync(tenant, source, cancellation) is not { Value: var twin }
            || Every.All(relation => twin.ParentsBy(relation).Count == 0)
        )
        {
            return None;
        }

        var all = await links.AncestorsAsync(tenant, twin, Every, cancellation);
        Relation[] behind = twin.IsAsset ? [Relation.Device, Relation.Addition] : [Relation.Device];
        var agents = await links.AncestorsAsync(tenant, twin, behind, cancellation);
        return new Ancestors([.. all.Where(id => id != source)], [.. agents.Where(id => id != source)]);
    }
}
