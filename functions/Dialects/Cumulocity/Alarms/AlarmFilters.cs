using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Alarms;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Alarms;

/// <summary>The filters of a request for alarms (reference 1.7).</summary>
internal sealed class AlarmFilters(DeviceScope scope, Links links)
{
    // More than this are too many for one query.
    private const int MostSources = 1000;

    private static readonly (string Parameter, Relation[] Relations)[] Below =
    [
        ("withSourceChildren", Enum.GetValues<Relation>()),
        ("withSourceAssets", [Relation.Asset]),
        ("withSourceDevices", [Relation.Device]),
        ("withSourceAdditions", [Relation.Addition]),
    ];

    /// <summary>Every parameter that filters.</summary>
    public static readonly IReadOnlyList<string> Parameters =
    [
        "source",
        "status",
        "severity",
        "type",
        "resolved",
        .. RangeParameters("date"),
        .. RangeParameters("created"),
        .. RangeParameters("lastUpdated"),
    ];

    /// <summary>The parameters of which a deletion needs one.</summary>
    public static readonly IReadOnlyList<string> DeletionParameters = ["source", .. RangeParameters("date"), .. RangeParameters("created")];

    public async Task<AlarmFilter> ReadAsync(CumulocityRequest request)
    {
        var statuses = request.List("status").Select(text => BodyMembers.Parse<AlarmStatus>(request, "status", text)).ToList();
        var severities = request.List("severity").Select(text => BodyMembers.Parse<AlarmSeverity>(request, "severity", text)).ToList();
        var types = request.List("type");
        return new AlarmFilter
        {
            Devices = await SourcesAsync(request),
            Statuses =
                request.OptionalFlag("resolved") is { } resolved ? (resolved ? [AlarmStatus.Cleared] : AlarmFilter.Open)
                : statuses.Count > 0 ? statuses
                : null,
            Severities = severities.Count > 0 ? severities : null,
            Types = types.Count > 0 ? types : null,
            From = request.Date("dateFrom"),
            To = request.Date("dateTo"),
            CreatedFrom = request.Date("createdFrom"),
            CreatedTo = request.Date("createdTo"),
            UpdatedFrom = request.Date("lastUpdatedFrom"),
            UpdatedTo = request.Date("lastUpdatedTo"),
        };
    }

    private async Task<IReadOnlyList<string>?> SourcesAsync(CumulocityRequest request)
    {
        var relations = Below.Where(below => request.Flag(below.Parameter)).SelectMany(below => below.Relations).Distinct().ToList();
        if (request.Query("source") is not { } source)
        {
            return relations.Count == 0
                ? await scope.ListAsync(request)
                : throw request.Invalid(
                    "withSourceChildren, withSourceAssets, withSourceDevices and withSourceAdditions go with a source."
                );
        }

        await scope.CheckAsync(request, source);
        var sources = new List<string> { source };
        if (relations.Count > 0)
        {
            await foreach (var below in links.DescendantsAsync(request.Tenant, source, relations, request.Cancellation))
            {
                sources.Add(below);
                if (sources.Count > MostSources)
                {
                    throw request.Invalid($"The source has more than {MostSources} objects below it: ask for a part of them.");
                }
            }
        }

        return sources;
    }

    private static IEnumerable<string> RangeParameters(string name) => [$"{name}From", $"{name}To"];
}
