using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Planning;
using Serverless.InfluxQL.Regexes;
using Serverless.InfluxQL.Results;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Statements;

/// <summary>SHOW … CARDINALITY. What the real server estimates is exact here: for series and measurements without a clause, those of all retention policies of the database.</summary>
internal static class ShowCardinality
{
    public static async ValueTask ShowCardinalityAsync(this StatementContext context, ShowCardinalityStatement show)
    {
        if (IsEstimate(show))
        {
            await context.EstimateAsync(show);
            return;
        }

        if (show.Condition.HasTime())
        {
            RefuseTime(show.Kind);
            return;
        }

        var (condition, _) = new TimeConditions(null, context.Now).Split(show.Condition);
        var series = await context.FindSeriesAsync(await context.ScopesAsync(show.Database, show.Sources));
        var tags = new TagCondition(condition, series.Select(one => one.Info), PointComparison.Fails);
        var infos = series.Select(one => one.Info).ToList();
        var keys = DimensionsOf(show.Dimensions, infos);
        var groups = infos
            .Where(tags.Matches)
            .GroupBy(info =>
                (Name: show.Kind == CardinalityKind.Measurement ? null : info.Measurement, Tags: GroupTags.Of(keys, info.Tags))
            )
            .OrderBy(group => group.Key.Name, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Tags);

        // Every series of the answer is one row, so that an OFFSET leaves none of it.
        foreach (var group in groups.Where(_ => show.Rows.Offset == 0))
        {
            var count = Count(show, group, infos);
            if (count > 0)
            {
                var header = new SeriesHeader(group.Key.Name, keys.Length == 0 ? null : group.Key.Tags, ["count"], false)
                {
                    IsChunked = true,
                };
                await context.TableAsync(header, Tables.Integers([count]));
            }
        }
    }

    /// <summary>Whether the real server would ask its index's sketches instead of counting.</summary>
    private static bool IsEstimate(ShowCardinalityStatement show) =>
        show
            is {
                Kind: CardinalityKind.Series or CardinalityKind.Measurement,
                Exact: false,
                Sources.Count: 0,
                Condition: null,
                Dimensions.Count: 0,
                Rows: { Limit: 0, Offset: 0 }
            };

    private static async ValueTask EstimateAsync(this StatementContext context, ShowCardinalityStatement show)
    {
        var name = context.DatabaseOf(show.Database);
        if (name.Length == 0)
        {
            throw new QueryException("database name required");
        }

        var database = await context.Databases.FindAsync(context.Tenant, name, context.Cancellation);
        var series = database is null ? [] : await context.FindSeriesAsync(database, _ => true);
        var count =
            show.Kind == CardinalityKind.Measurement
                ? series.Select(one => one.Info.Measurement).Distinct(StringComparer.Ordinal).Count()
                : series.Select(one => new SeriesKey(one.Info.Measurement, one.Info.Tags)).Distinct().Count();
        await context.TableAsync(Tables.Header(null, "cardinality estimation"), Tables.Integers([count]));
    }

    private static long Count(ShowCardinalityStatement show, IEnumerable<SeriesInfo> group, IEnumerable<SeriesInfo> all)
    {
        switch (show.Kind)
        {
            case CardinalityKind.Series:
                return group.Select(info => new SeriesKey(info.Measurement, info.Tags)).Distinct().Count();
            case CardinalityKind.Measurement:
                return group.Select(info => info.Measurement).Distinct(StringComparer.Ordinal).Count();
            case CardinalityKind.TagKey:
                return ShowTags.KeysOf(group).Count();
            case CardinalityKind.TagValues:
                var isWanted = ShowTags.KeyTest(show.Keys!);
                var values = ShowTags.TagsOf(group).Where(tag => isWanted(tag.Key)).Select(tag => tag.Value);
                return values.Distinct(StringComparer.Ordinal).Count();
            default:
                var name = group.First().Measurement;
                var fields = all.Where(info => info.Measurement == name).SelectMany(info => info.Fields).Select(field => field.Name);
                return fields.Distinct(StringComparer.Ordinal).Count();
        }
    }

    /// <summary>The tags of GROUP BY, in ordinal order.</summary>
    private static string[] DimensionsOf(ValueList<Dimension> dimensions, List<SeriesInfo> series)
    {
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var dimension in dimensions)
        {
            switch (dimension.Expr)
            {
                case VarRef tag:
                    keys.Add(tag.Name);
                    break;
                case Wildcard:
                    keys.UnionWith(ShowTags.KeysOf(series));
                    break;
                case RegexLiteral pattern:
                    var regex = RegexSyntax.ToRegex(pattern.Pattern);
                    keys.UnionWith(ShowTags.KeysOf(series).Where(key => regex.IsMatch(key)));
                    break;
                case Call { Name: "time" }:
                    throw new QueryException("a cardinality has no time to group by");
                case Call:
                    throw new QueryException("only time() calls allowed in dimensions");
                default:
                    throw new QueryException("only time and tag dimensions allowed");
            }
        }

        return [.. keys];
    }

    /// <summary>Says that time has no place in the condition; of tag values the real server finds none then.</summary>
    private static void RefuseTime(CardinalityKind kind)
    {
        if (kind != CardinalityKind.TagValues)
        {
            var words = kind switch
            {
                CardinalityKind.Series => "SERIES EXACT",
                CardinalityKind.Measurement => "MEASUREMENT EXACT",
                CardinalityKind.TagKey => "TAG KEY EXACT",
                _ => "FIELD KEY",
            };
            throw new QueryException($"SHOW {words} CARDINALITY doesn't support time in WHERE clause");
        }
    }
}
