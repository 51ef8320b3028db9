using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Evaluation;
using Serverless.InfluxQL.Planning;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Execution;

/// <summary>What a call or a raw select wants of its sources.</summary>
/// <param name="Value">What drives: points without it do not count. Null in a raw select, where any field drives.</param>
/// <param name="Along">What else each point brings along, in order.</param>
internal sealed record Demand(VarRef? Value, IReadOnlyList<PlannedRef> Along)
{
    public IEnumerable<VarRef> Names =>
        Value is null ? Along.Select(planned => planned.Ref) : Along.Select(planned => planned.Ref).Prepend(Value);
}

/// <summary>A series to read, and what its tags leave of the condition.</summary>
internal sealed record SeriesRead(SeriesInfo Series, Expr? Condition);

/// <summary>The series of one group, in the order of the query.</summary>
internal sealed record SeriesGroup(string Name, GroupTags Tags, IReadOnlyList<SeriesRead> Series);

/// <summary>Finds the series of a measurement that a SELECT reads and puts them in groups.</summary>
internal static class MeasurementGroups
{
    /// <summary>The groups of a measurement, before any point is read.</summary>
    public static IEnumerable<SeriesGroup> Of(MeasurementSource source, Expr? condition, StageOptions options)
    {
        var sets = new SortedDictionary<GroupTags, List<SeriesRead>>();
        foreach (var series in source.Series)
        {
            if (series.MinTime > options.End || series.MaxTime < options.Start)
            {
                continue;
            }

            var rest = Reduce(condition, series);
            if (rest is not BooleanLiteral { Value: false })
            {
                var tags = GroupTags.Of(options.Dimensions, series.Tags);
                if (!sets.TryGetValue(tags, out var set))
                {
                    sets.Add(tags, set = []);
                }

                set.Add(new SeriesRead(series, rest is BooleanLiteral ? null : rest));
            }
        }

        return Page(sets, options.Series).SelectMany(set => Divide(source.Name, set, options));
    }

    /// <summary>SLIMIT and SOFFSET. The real server counts the groups in the order of their tags' names and values, and gives none where there is an offset without a limit.</summary>
    private static IEnumerable<List<SeriesRead>> Page(SortedDictionary<GroupTags, List<SeriesRead>> sets, Page page) =>
        page is { Limit: 0, Offset: 0 }
            ? sets.Values
            : sets.OrderBy(set => CountedBy(set.Key), StringComparer.Ordinal)
                .Where((_, i) => i >= page.Offset && i < page.Offset + page.Limit)
                .Select(set => set.Value);

    private static string CountedBy(GroupTags tags)
    {
        var (keys, values) = (new List<string>(), new List<string>());
        for (var i = 0; i < tags.Keys.Length; i++)
        {
            if (tags.Values[i].Length > 0)
            {
                keys.Add(tags.Keys[i]);
                values.Add(tags.Values[i]);
            }
        }

        return string.Join('|', keys.Concat(values));
    }

    /// <summary>Which tags divide the points of a stage.</summary>
    public static string[] KeysOf(StageOptions options) => options.GroupBy.Length > 0 ? options.GroupBy : options.Dimensions;

    /// <summary>The series of a group that have what is asked for.</summary>
    public static List<SeriesRead> Reads(SeriesGroup group, Demand demand) =>
        [.. group.Series.Where(read => Drivers(demand).Any(name => ColumnOf(name, read.Series).IsField))];

    /// <summary>The points of a group, merged.</summary>
    public static PointStream Open(SeriesGroup group, Demand demand, StageOptions options, QueryContext query)
    {
        PointStream[] scans = [.. group.Series.Select(read => Scan(read, demand, options, query))];
        return scans is [var only]
            ? only
            : new MergeStream(scans, options.Ascending, demand.Value is null ? Ties.ByStrings : Ties.ByStringsAlong);
    }

    private static IEnumerable<VarRef> Drivers(Demand demand) => demand.Value is null ? demand.Names : [demand.Value];

    private static IEnumerable<SeriesGroup> Divide(string name, List<SeriesRead> set, StageOptions options)
    {
        var keys = KeysOf(options);
        var ordered = set.Select(read => (read, Key: read.Series.Tags.ToString()))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => pair.read);
        return from read in options.Ascending ? ordered : ordered.Reverse()
            group read by GroupTags.Of(keys, read.Series.Tags) into part
            select new SeriesGroup(name, part.Key, [.. part]);
    }

    /// <summary>What a series leaves of a condition. A name that is neither field nor tag is a tag that is missing.</summary>
    private static Expr? Reduce(Expr? condition, SeriesInfo series)
    {
        if (condition is null)
        {
            return null;
        }

        return ExprReducer.Reduce(
            condition,
            name => name.Type is DataType.Tag or DataType.Unknown ? new StringLiteral(series.Tags[name.Name] ?? "") : null
        );
    }

    private static SeriesScan Scan(SeriesRead read, Demand demand, StageOptions options, QueryContext query)
    {
        ScanColumn[] columns = [.. demand.Names.Select(name => ColumnOf(name, read.Series))];
        ScanColumn[] condition = read.Condition is null
            ? []
            : [.. read.Condition.Walk().OfType<VarRef>().DistinctBy(name => name.Name).Select(name => ColumnOf(name, read.Series))];
        var range = new SeriesRange(query, read.Series, options.Start, options.End, options.Ascending);
        return new SeriesScan(range, columns, demand.Value is not null, condition, read.Condition);
    }

    private static ScanColumn ColumnOf(VarRef name, SeriesInfo series)
    {
        var isValue = name.Type is DataType.Float or DataType.Integer or DataType.Boolean or DataType.String;
        var type = Types.Of(name.Type);
        if (isValue)
        {
            return series.Fields.Any(field => field.Name == name.Name && Types.CanCast(field.Type, type))
                ? ScanColumn.Field(name.Name, type)
                : ScanColumn.Absent(name.Name, type);
        }

        // Still "any field": there is none of this name, for it is a tag's.
        return name.Type == DataType.AnyField ? ScanColumn.Absent(name.Name, type) : ScanColumn.Tag(name.Name, series.Tags[name.Name]);
    }
}
