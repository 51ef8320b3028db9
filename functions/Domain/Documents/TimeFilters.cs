using System.Text.Json.Nodes;

namespace Serverless.Domain.Documents;

/// <summary>Filters by time. Times are stored in UTC, whose texts are in the order of the times.</summary>
public static class TimeFilters
{
    /// <summary>The terms for a member that lies from a time (inclusive) to another (exclusive); null is no bound.</summary>
    public static IEnumerable<Filter> Between(MemberPath member, DateTimeOffset? from, DateTimeOffset? to)
    {
        if (from is { } first)
        {
            yield return new Filter.Compare(member, Comparison.GreaterOrEqual, Value(first));
        }

        if (to is { } end)
        {
            yield return new Filter.Compare(member, Comparison.Less, Value(end));
        }
    }

    private static JsonValue Value(DateTimeOffset time) => JsonValue.Create(time.ToUniversalTime());
}
