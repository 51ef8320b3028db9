using System.Collections.Concurrent;
using Serverless.Domain.Series;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Influx;

/// <summary>The types that the fields of measurements have. A field has one type in a measurement, whichever series; only what devices send may bring another.</summary>
/// <remarks>
/// What is remembered may be of before a deletion: a conflict is believed only after another look at the store. Who would bring a type that is not remembered enters first, so that of
/// two writes at once with a type each for a new field the second sees the first. Writes of other instances at the same moment are not seen, and do no harm: the store keeps values of
/// both types.
/// </remarks>
internal sealed class FieldTypes(SeriesStore store)
{
    private const int MostRemembered = 100_000;
    private const int Gates = 64;

    private readonly ConcurrentDictionary<(string Tenant, string Partition, string Measurement), MeasurementTypes> remembered = new();
    private readonly SemaphoreSlim[] gates = [.. Enumerable.Range(0, Gates).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>What is remembered of a measurement, or null.</summary>
    public MeasurementTypes? Find(string tenant, string partition, string measurement) =>
        remembered.GetValueOrDefault((tenant, partition, measurement));

    /// <summary>What is remembered, or else stored. Only for who has entered: another's view of the store may be older than what it replaces.</summary>
    public async ValueTask<MeasurementTypes> GetAsync(
        string tenant,
        string partition,
        string measurement,
        CancellationToken cancellation
    ) => Find(tenant, partition, measurement) ?? await ReadAsync(tenant, partition, measurement, cancellation);

    /// <summary>Waits until no other write may bring new types to a partition. The caller releases what it gets once its points are stored.</summary>
    public async ValueTask<SemaphoreSlim> EnterAsync(string tenant, string partition, CancellationToken cancellation)
    {
        var gate = gates[(uint)HashCode.Combine(tenant, partition) % Gates];
        await gate.WaitAsync(cancellation);
        return gate;
    }

    /// <summary>The types as they are stored now, to be remembered; likewise.</summary>
    public async ValueTask<MeasurementTypes> ReadAsync(string tenant, string partition, string measurement, CancellationToken cancellation)
    {
        if (remembered.Count >= MostRemembered)
        {
            remembered.Clear();
        }

        var types = new MeasurementTypes();
        foreach (var series in await store.FindSeriesAsync(tenant, partition, measurement, null, cancellation))
        {
            foreach (var (field, type) in series.Fields)
            {
                types.Add(field, type);
            }
        }

        return remembered[(tenant, partition, measurement)] = types;
    }
}

/// <summary>The types of one measurement's fields.</summary>
internal sealed class MeasurementTypes
{
    private readonly ConcurrentDictionary<string, int> types = new();

    /// <summary>Whether the field has had a value of this type.</summary>
    public bool Has(string field, FieldType type) => types.TryGetValue(field, out var mask) && (mask & (1 << (int)type)) != 0;

    /// <summary>Whether the field may have a value of this type: it has had one, or none at all.</summary>
    /// <param name="field">The field.</param>
    /// <param name="type">The type of a value.</param>
    /// <param name="other">A type that it has, where it may not.</param>
    public bool Allows(string field, FieldType type, out FieldType other)
    {
        other = default;
        if (!types.TryGetValue(field, out var mask) || (mask & (1 << (int)type)) != 0)
        {
            return true;
        }

        other = (FieldType)int.TrailingZeroCount(mask);
        return false;
    }

    public void Add(string field, FieldType type)
    {
        var bit = 1 << (int)type;
        if (!types.TryGetValue(field, out var mask) || (mask & bit) == 0)
        {
            types.AddOrUpdate(field, bit, (_, old) => old | bit);
        }
    }
}
