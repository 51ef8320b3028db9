using System.Text.Json;

namespace Serverless.Domain.Documents;

/// <summary>The meaning of <see cref="Ordering"/>: slow and obvious, and what every adapter is tested against.</summary>
public sealed class DocumentOrder(IReadOnlyList<Ordering> order) : IComparer<(string Id, JsonElement Body)>
{
    /// <summary>Compares two documents by the orderings, then by id.</summary>
    public int Compare((string Id, JsonElement Body) x, (string Id, JsonElement Body) y)
    {
        foreach (var ordering in order)
        {
            var difference = CompareMembers(ordering.Path.Find(x.Body), ordering.Path.Find(y.Body));
            if (difference != 0)
            {
                return ordering.Descending ? -difference : difference;
            }
        }

        return FilterEvaluator.CompareStrings(x.Id, y.Id);
    }

    private static int CompareMembers(JsonElement? x, JsonElement? y)
    {
        var (left, right) = (Rank(x), Rank(y));
        if (left != right)
        {
            return left.CompareTo(right);
        }

        return x?.ValueKind switch
        {
            JsonValueKind.Number => x.Value.GetDouble().CompareTo(y!.Value.GetDouble()),
            JsonValueKind.String => FilterEvaluator.CompareStrings(x.Value.GetString()!, y!.Value.GetString()!),
            _ => 0,
        };
    }

    private static int Rank(JsonElement? member) =>
        member?.ValueKind switch
        {
            null or JsonValueKind.Null => 0,
            JsonValueKind.False => 1,
            JsonValueKind.True => 2,
            JsonValueKind.Number => 3,
            JsonValueKind.String => 4,
            _ => 5,
        };
}
