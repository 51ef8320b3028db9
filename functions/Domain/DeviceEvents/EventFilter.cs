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

        terms.AddRange(TimeFilters.Between("time", From, To));
        terms.AddRange(TimeFilters.Between("created", CreatedFrom, CreatedTo));
        terms.AddRange(TimeFilters.Between("updated", UpdatedFrom, UpdatedTo));
        return Filter.All(terms);
    }
}
