using System.Text;
using System.Text.Json;

namespace Serverless.Domain.Documents;

/// <summary>The meaning of filters: slow and obvious, and what every adapter is tested against.</summary>
public static class FilterEvaluator
{
    /// <summary>Whether a document satisfies a filter.</summary>
    public static bool Matches(Filter filter, JsonElement document) =>
        filter switch
        {
            Filter.Compare compare => compare.Path.Find(document) is { } member && Compares(compare, member),
            Filter.Wildcard wildcard => wildcard.Path.Find(document) is { ValueKind: JsonValueKind.String } member
                && MatchesWildcard(wildcard, member.GetString()!),
            Filter.Has has => has.Path.Find(document) is not null,
            Filter.Null none => none.Path.Find(document) is { ValueKind: JsonValueKind.Null },
            Filter.Element some => some.Path.Find(document) is { ValueKind: JsonValueKind.Array } array
                && array.EnumerateArray().Any(element => Matches(some.Term, element)),
            Filter.And and => and.Terms.All(term => Matches(term, document)),
            Filter.Or or => or.Terms.Any(term => Matches(term, document)),
            Filter.Not not => !Matches(not.Term, document),
            _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "An unknown filter."),
        };

    /// <summary>Compares strings as filters and orders do: by their code points, which is the order of their UTF-8 bytes.</summary>
    public static int CompareStrings(string left, string right) =>
        Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));

    private static bool Compares(Filter.Compare compare, JsonElement member)
    {
        var wanted = FilterValue.Of(compare.Value);
        if (FilterValue.Of(member) is not { } found || !SameType(wanted.Kind, found.Kind))
        {
            return false;
        }

        var difference = wanted.Kind switch
        {
            JsonValueKind.String => CompareStrings(found.Text, wanted.Text),
            JsonValueKind.Number => found.Number.CompareTo(wanted.Number),
            _ => (found.Kind == JsonValueKind.True).CompareTo(wanted.Kind == JsonValueKind.True),
        };
        return compare.Operator switch
        {
            Comparison.Equal => difference == 0,
            Comparison.NotEqual => difference != 0,
            Comparison.Less => difference < 0,
            Comparison.LessOrEqual => difference <= 0,
            Comparison.Greater => difference > 0,
            Comparison.GreaterOrEqual => difference >= 0,
            _ => throw new ArgumentOutOfRangeException(nameof(compare), compare.Operator, "An unknown comparison."),
        };
    }

    private static bool SameType(JsonValueKind left, JsonValueKind right) => left == right || (IsBoolean(left) && IsBoolean(right));

    private static bool IsBoolean(JsonValueKind kind) => kind is JsonValueKind.True or JsonValueKind.False;

    private static bool MatchesWildcard(Filter.Wildcard wildcard, string text)
    {
        var pattern = wildcard.IgnoreCase ? wildcard.Pattern.ToLowerInvariant() : wildcard.Pattern;
        text = wildcard.IgnoreCase ? text.ToLowerInvariant() : text;
        return WildcardPattern.Matches(pattern, text);
    }
}
