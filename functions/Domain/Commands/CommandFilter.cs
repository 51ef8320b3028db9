using System.Text.Json.Nodes;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Commands;

/// <summary>Which commands are asked for; a null member is no condition. Times are those at which commands were given, from inclusive to exclusive.</summary>
public sealed record CommandFilter
{
    /// <summary>The ids of the devices; an empty list is none of them.</summary>
    public IReadOnlyList<string>? Devices { get; init; }

    /// <summary>The id of the agent that takes them to their devices.</summary>
    public string? Agent { get; init; }

    public CommandStage? Stage { get; init; }

    public string? Bulk { get; init; }

    /// <summary>A member that their payload has.</summary>
    public string? Fragment { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    internal Filter? ToFilter()
    {
        var terms = new List<Filter>();
        if (Devices is not null)
        {
            var any = Devices.Select(device => Filter.Eq("source", JsonValue.Create(device))).ToList();
            terms.Add(any.Count == 1 ? any[0] : Filter.Any(any));
        }

        foreach (var (name, value) in new[] { ("owner", Agent), ("status", Stage?.ToString()), ("bulk", Bulk) })
        {
            if (value is not null)
            {
                terms.Add(Filter.Eq(name, JsonValue.Create(value)));
            }
        }

        if (Fragment is not null)
        {
            terms.Add(new Filter.Has(new MemberPath("payload", Fragment)));
        }

        terms.AddRange(TimeFilters.Between("time", From, To));
        return terms.Count == 0 ? null : Filter.All(terms);
    }
}
