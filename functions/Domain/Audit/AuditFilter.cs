using System.Text.Json.Nodes;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Audit;

/// <summary>Which audit records are asked for; a null member is no condition. Times are from inclusive to exclusive.</summary>
public sealed record AuditFilter
{
    public string? Source { get; init; }

    public string? Type { get; init; }

    public string? User { get; init; }

    public string? Application { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    internal Filter? ToFilter()
    {
        var terms = new List<Filter>();
        foreach (var (name, value) in new[] { ("source", Source), ("type", Type), ("user", User), ("application", Application) })
        {
            if (value is not null)
            {
                terms.Add(Filter.Eq(name, JsonValue.Create(value)));
            }
        }

        terms.AddRange(TimeFilters.Between("time", From, To));
        return terms.Count == 0 ? null : Filter.All(terms);
    }
}
