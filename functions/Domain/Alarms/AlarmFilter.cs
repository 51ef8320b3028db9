using System.Text.Json.Nodes;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Alarms;

/// <summary>Which alarms are asked for; a null member is no condition. Times are from inclusive to exclusive.</summary>
public sealed record AlarmFilter
{
    /// <summary>The ids of the devices; an empty list is none of them.</summary>
    public IReadOnlyList<string>? Devices { get; init; }

    public IReadOnlyList<AlarmStatus>? Statuses { get; init; }

    public IReadOnlyList<AlarmSeverity>? Severities { get; init; }

    public IReadOnlyList<string>? Types { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    public DateTimeOffset? CreatedFrom { get; init; }

    public DateTimeOffset? CreatedTo { get; init; }

    public DateTimeOffset? UpdatedFrom { get; init; }

    public DateTimeOffset? UpdatedTo { get; init; }

    /// <summary>Those that are not cleared.</summary>
    public static IReadOnlyList<AlarmStatus> Open { get; } = [AlarmStatus.Active, AlarmStatus.Acknowledged];

    internal Filter? ToFilter()
    {
        var terms = new List<Filter>();
        Add(terms, "source", Devices);
        Add(terms, "status", Statuses?.Select(status => status.ToString()));
        Add(terms, "severity", Severities?.Select(severity => severity.ToString()));
        Add(terms, "type", Types);
        terms.AddRange(TimeFilters.Between("time", From, To));
        terms.AddRange(TimeFilters.Between("created", CreatedFrom, CreatedTo));
        terms.AddRange(TimeFilters.Between("updated", UpdatedFrom, UpdatedTo));
        return terms.Count == 0 ? null : Filter.All(terms);
    }

    private static void Add(List<Filter> terms, string member, IEnumerable<string>? values)
    {
        if (values is not null)
        {
            var any = values.Select(value => Filter.Eq(member, JsonValue.Create(value))).ToList();
            terms.Add(any.Count == 1 ? any[0] : Filter.Any(any));
        }
    }
}
