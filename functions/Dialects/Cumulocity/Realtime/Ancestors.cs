using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>The ids of what a thing is below of, by any number of steps.</summary>
/// <param name="All">By every relation.</param>
/// <param name="Devices">By the relation of devices alone.</param>
internal sealed record Ancestors(IReadOnlyCollection<string> All, IReadOnlyCollection<string> Devices)
{
    public static readonly Ancestors None = new([], []);

    /// <summary>As many as are looked at: a thing below more has the others left out.</summary>
    private const int Most = 1000;

    public static async ValueTask<Ancestors> FindAsync(
        DeviceDirectory devices,
        string tenant,
        string source,
        CancellationToken cancellation
    )
    {
        var found = new HashSet<string>();
        await ClimbAsync(found, twin => twin.Parents);
        return found.Count == 0 ? None : new Ancestors(found, found);

        async ValueTask ClimbAsync(HashSet<string> into, Func<DeviceTwin, IEnumerable<string>> parents)
        {
            var open = new Queue<string>([source]);
            while (open.TryDequeue(out var id) && into.Count < Most)
            {
                if (await devices.FindAsync(tenant, id, cancellation) is { } twin)
                {
                    // A ring of things ends where it began.
                    parents(twin.Value).Where(parent => parent != source && into.Add(parent)).ToList().ForEach(open.Enqueue);
                }
            }
        }
    }
}
