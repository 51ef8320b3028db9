using System.Collections.Concurrent;
using Serverless.Domain.Series;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Influx;

/// <summary>The types that the fields of measurements have. A field has one type in a measurement, whichever series; only what devices send may bring another.</summary>
/// <remarks>
/// What is remembered may be of before a deletion: a conflict is believed only after another look at the store. Writes of other instances at the same moment are not seen, and do no harm:
/// the store keeps values of both types.
/// </remarks>
internal sealed class FieldTypes(SeriesStore store)
{
    private const int MostRemembered = 100_000;

    private readonly ConcurrentDictionary<(string Tenant, string Partition, string Measurement), MeasurementTypes> remembered = new();

    public async ValueTask<MeasurementTypes> GetAsync(
        string tenant,
        string partition,
        string measurement,
        CancellationToken cancellation
    ) =>
        remembered.TryGetValue((tenant, partition, measurement), out var known)
            ? known
            : await ReadAsync(tenant, partition, measurement, cancellation);

    /// <summary>The types as they are stored now.</summary>
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
