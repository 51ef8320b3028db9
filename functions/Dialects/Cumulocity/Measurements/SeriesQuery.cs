using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;

namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>What is asked of a device's series.</summary>
/// <param name="From">The first time, in nanoseconds since 1970.</param>
/// <param name="To">The time before which to end.</param>
/// <param name="Names">The series asked for, as fragment.series; none for all.</param>
/// <param name="Interval">The span that values are aggregated over, or null for the values themselves.</param>
/// <param name="Functions">What is told of each span.</param>
/// <param name="Descending">Whether the newest comes first.</param>
internal sealed record SeriesQuery(
    long From,
    long To,
    IReadOnlyList<string> Names,
    AggregationInterval? Interval,
    IReadOnlyList<string> Functions,
    bool Descending
)
{
    public static readonly IReadOnlyList<string> AllFunctions = ["min", "max", "avg", "sum", "count", "stdDevPop", "stdDevSamp"];

    private static readonly string[] Required = ["source", "dateFrom", "dateTo"];

    /// <summary>Reads a request.</summary>
    /// <exception cref="CumulocityException">A parameter is missing or wrong.</exception>
    public static SeriesQuery Of(CumulocityRequest request)
    {
        var missing = Required.Where(name => request.Query(name) is null).ToList();
        if (missing.Count > 0)
        {
            throw CumulocityErrors.MissingFields(missing);
        }

        var functions = request.Queries("aggregationFunction").SelectMany(text => text.Split(',')).Distinct().ToList();
        if (functions.Find(name => !AllFunctions.Contains(name)) is { } unknown)
        {
            throw request.Invalid($"aggregationFunction is one of {string.Join(", ", AllFunctions)}, and not '{unknown}'.");
        }

        if (functions.Count > 0 && request.Query("aggregationInterval") is null)
        {
            throw new CumulocityException(400, "measurement/Bad Request", "aggregationFunction goes with aggregationInterval only.");
        }

        return new SeriesQuery(
            request.Time("dateFrom")!.Value,
            request.Time("dateTo")!.Value,
            request.Queries("series"),
            IntervalOf(request),
            functions.Count > 0 ? functions : ["min", "max"],
            request.Flag("revert")
        );
    }

    private static AggregationInterval? IntervalOf(CumulocityRequest request) =>
        request.Query("aggregationInterval") is { } interval
            ? AggregationInterval.Find(interval)
                ?? throw request.Invalid("aggregationInterval is a number from 1 to 999 and one of s, m, h, d, w, M, q and y, such as 25m.")
        : request.Query("aggregationType") is { } type
            ? AggregationInterval.FindType(type) ?? throw request.Invalid("aggregationType is DAILY, HOURLY or MINUTELY.")
        : null;
}
