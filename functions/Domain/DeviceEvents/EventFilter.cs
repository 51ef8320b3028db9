using System.Text.Json.Nodes;
using Serverless.Domain.Documents;

namespace Serverless.Domain.DeviceEvents;

/// <summary>Which events are wanted; what is null does not matter. A range begins with its first time and ends before its last.</summary>
public sealed record EventFilter
{
    /// <summary>Where they happened; null for anywhere.</summary>
    public IReadOnlyList<string>? Sources { get; init; }

    public string? Type { get; init; }

    /// <summary>A member of the users' own that they have.</summary>
    public string? Fragment { get; init; }

    /// <summary>The text that <see cref="Fragment"/> has.</summary>
    public string? FragmentValue { get; init; }

    /// <summary>Whether they have a file.</summary>
    public bool? HasAttachment { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    public DateTimeOffset? CreatedFrom { get; init; }

    public DateTimeOffset? CreatedTo { get; init; }

    public DateTimeOffset? UpdatedFrom { get; init; }

    public DateTimeOffset? UpdatedTo { get; init; }

    internal Filter ToFilter()
    {
        var terms = new List<Filter>();
        switch (Sources)
        {
            case null:
                break;
            case [var source]:
                terms.Add(Filter.Eq("source", JsonValue.Create(source)));
                break;
            default:
                terms.Add(Filter.Any([.. Sources.Select(source => Filter.Eq("source", JsonValue.Create(source)))]));
                break;
        }

        if (Type is not null)
        {
            terms.Add(Filter.Eq("type", JsonValue.Create(Type)));
        }

        if (Fragment is not null)
        {
            var path = new MemberPath("fragments", Fragment);
            terms.Add(FragmentValue is null ? new Filter.Has(path) : Filter.Eq(path, JsonValue.Create(FragmentValue)));
        }

        if (HasAttachment is { } has)
        {
            var term = new Filter.Has("attachment");
            terms.Add(has ? term : new Filter.Not(term));
        }

        AddRange(terms, "time", From, To);
        AddRange(terms, "created", CreatedFrom, CreatedTo);
        AddRange(terms, "updated", UpdatedFrom, UpdatedTo);
        return Filter.All(terms);
    }

    private static void AddRange(List<Filter> terms, string member, DateTimeOffset? from, DateTimeOffset? to)
    {
        // Times of documents are in UTC, in a form whose texts are in their order.
        if (from is { } first)
        {
            terms.Add(new Filter.Compare(member, Comparison.GreaterOrEqual, JsonValue.Create(first.ToUniversalTime())));
        }

        if (to is { } end)
        {
            terms.Add(new Filter.Compare(member, Comparison.Less, JsonValue.Create(end.ToUniversalTime())));
        }
    }
}
