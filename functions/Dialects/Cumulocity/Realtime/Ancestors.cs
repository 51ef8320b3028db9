using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>The ids of what a thing is below of, by any number of steps.</summary>
/// <param name="All">By every relation.</param>
/// <param name="Devices">By the relation of devices alone.</param>
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
        var agents = await links.AncestorsAsync(tenant, twin, [Relation.Device], cancellation);
        return new Ancestors([.. all.Where(id => id != source)], [.. agents.Where(id => id != source)]);
    }
}
