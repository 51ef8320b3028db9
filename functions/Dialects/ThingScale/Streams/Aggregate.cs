using System.Text.Json;

namespace Serverless.Dialects.ThingScale.Streams;

/// <summary>The aggregates of X-AGGREGATE.</summary>
internal enum AggregateKind
{
    Avg,
    Sum,
    Min,
    Max,
}

/// <summary>
/// Aggregates rows by member: each number under its path, as an event's source writes it ({"temp":25} is temp, {"data":[{"value":10}]} is data:value). What
/// is no number is left out.
/// </summary>
internal sealed class Aggregate(AggregateKind kind)
{
    /// <summary>Different paths that rows may have.</summary>
    public const int MostPaths = 2000;

    private readonly OrderedDictionary<string, (double Value, long Count)> members = [];

    /// <returns>False where rows have more than <see cref="MostPaths"/> paths.</returns>
    public bool TryAdd(JsonElement row)
    {
        Add(row, "");
        return members.Count <= MostPaths;
    }

    /// <summary>Writes {"path":number,…} in the order in which the paths came; a sum beyond the largest number is null.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var (path, (value, count)) in members)
        {
            var result = kind == AggregateKind.Avg ? value / count : value;
            if (double.IsFinite(result))
            {
                writer.WriteNumber(path, result);
            }
            else
            {
                writer.WriteNull(path);
            }
        }

        writer.WriteEndObject();
    }

    private void Add(JsonElement element, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    Add(member.Value, path.Length == 0 ? member.Name : $"{path}:{member.Name}");
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Add(item, path);
                }

                break;
            case JsonValueKind.Number when members.Count <= MostPaths && element.TryGetDouble(out var number):
                members[path] = members.TryGetValue(path, out var known) ? (Merge(known.Value, number), known.Count + 1) : (number, 1);
                break;
            default:
                break;
        }
    }

    private double Merge(double left, double right) =>
        kind switch
        {
            AggregateKind.Min => Math.Min(left, right),
            AggregateKind.Max => Math.Max(left, right),
            _ => left + right,
        };
}
