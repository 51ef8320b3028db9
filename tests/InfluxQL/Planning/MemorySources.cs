using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Planning;
using Serverless.InfluxQL.Regexes;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Tests.Planning;

/// <summary>The series of these lines, without their points:
/// <code>
/// m,host=a,dc=x v=1,i=1i,s="a",b=true 1000000000
/// m,host=b v=2.5,i=2i,s="b",b=false 2000000000
/// n,host=a,rack=1 v=3i,w=1 1000000000
/// n,host=c,rack=2 v=4i,s=1 3000000000
/// o,v=t f=1 1000000000
/// o,v=u v=2,f=2 2000000000
/// empty z=1 1000000000
/// </code></summary>
internal sealed class MemorySources : ISourceResolver
{
    public const long Now = 1_600_000_000_000_000_000;

    private static readonly SeriesInfo[] All =
    [
        Series("m", "host=a,dc=x", "v:Float,i:Integer,s:String,b:Boolean", 1),
        Series("m", "host=b", "v:Float,i:Integer,s:String,b:Boolean", 2),
        Series("n", "host=a,rack=1", "v:Integer,w:Float", 1),
        Series("n", "host=c,rack=2", "v:Integer,s:Float", 3),
        Series("o", "v=t", "f:Float", 1),
        Series("o", "v=u", "v:Float,f:Float", 2),
        Series("empty", "", "z:Float", 1),
    ];

    /// <summary>The sources that were asked for.</summary>
    public List<Measurement> Asked { get; } = [];

    public static async ValueTask<SelectPlan> PlanAsync(string query, int buckets = 0) =>
        await SelectPlanner.PlanAsync(
            (SelectStatement)InfluxQuery.Parse(query)[0],
            new MemorySources(),
            new PlanContext(Now, new QueryLimits { Buckets = buckets }),
            CancellationToken.None
        );

    public ValueTask<IReadOnlyList<MeasurementSource>> ResolveAsync(Measurement source, CancellationToken cancellation)
    {
        Asked.Add(source);
        var regex = source.Regex is null ? null : RegexSyntax.ToRegex(source.Regex.Pattern);
        var found = All.Where(series => regex?.IsMatch(series.Measurement) ?? series.Measurement == source.Name)
            .GroupBy(series => series.Measurement)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new MeasurementSource("db", group.Key, [.. group]));
        return ValueTask.FromResult<IReadOnlyList<MeasurementSource>>([.. found]);
    }

    private static SeriesInfo Series(string measurement, string tags, string fields, long second) =>
        new(
            measurement,
            TagSet.Of([.. Pairs(tags, '=')]),
            [.. Pairs(fields, ':').Select(pair => new FieldInfo(pair.Key, Enum.Parse<FieldType>(pair.Value)))],
            second * 1_000_000_000,
            second * 1_000_000_000
        );

    private static IEnumerable<KeyValuePair<string, string>> Pairs(string text, char separator) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split(separator))
            .Select(pair => KeyValuePair.Create(pair[0], pair[1]));
}
