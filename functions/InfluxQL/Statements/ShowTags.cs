using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Planning;
using Serverless.InfluxQL.Regexes;
using Serverless.InfluxQL.Syntax;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Statements;

/// <summary>SHOW TAG KEYS and SHOW TAG VALUES: of all retention policies of a database, whichever the sources name.</summary>
internal static class ShowTags
{
    public static async ValueTask ShowTagKeysAsync(this StatementContext context, ShowTagKeysStatement show)
    {
        foreach (var (name, series) in await context.FindAsync(show.Database, show.Sources, show.Condition, isStrict: false))
        {
            var page = show.Rows.Of([.. KeysOf(series)]);
            if (page.Count > 0)
            {
                await context.TableAsync(Tables.Header(name, "tagKey"), Tables.Texts(page));
            }
        }
    }

    public static async ValueTask ShowTagValuesAsync(this StatementContext context, ShowTagValuesStatement show)
    {
        var isWanted = KeyTest(show.Keys);
        foreach (var (name, series) in await context.FindAsync(show.Database, show.Sources, show.Condition, isStrict: true))
        {
            var values = TagsOf(series)
                .Where(tag => isWanted(tag.Key))
                .Distinct()
                .OrderBy(tag => tag.Key, StringComparer.Ordinal)
                .ThenBy(tag => tag.Value, StringComparer.Ordinal);
            var page = show.Rows.Of([.. values]);
            if (page.Count > 0)
            {
                var keys = Tables.Texts(page.Select(tag => tag.Key));
                await context.TableAsync(Tables.Header(name, "key", "value"), keys, Tables.Texts(page.Select(tag => tag.Value)));
            }
        }
    }

    /// <summary>The distinct keys of the series' tags, in order.</summary>
    public static IEnumerable<string> KeysOf(IEnumerable<SeriesInfo> series) =>
        TagsOf(series).Select(tag => tag.Key).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    public static IEnumerable<KeyValuePair<string, string>> TagsOf(IEnumerable<SeriesInfo> series) =>
        series.SelectMany(info => info.Tags.Tags.ToArray());

    /// <summary>A test of what WITH KEY asks for.</summary>
    public static Func<string, bool> KeyTest(TagKeyFilter keys)
    {
        var isEqual = keys.Operator is not (Token.Neq or Token.NeqRegex);
        switch (keys.Keys)
        {
            case ListLiteral list:
                var names = list.Names.ToHashSet(StringComparer.Ordinal);
                return key => names.Contains(key) == isEqual;
            case RegexLiteral pattern:
                var regex = RegexSyntax.ToRegex(pattern.Pattern);
                return key => regex.IsMatch(key) == isEqual;
            case StringLiteral name:
                return key => (key == name.Value) == isEqual;
            default:
                throw new ArgumentException($"{keys} names no keys.", nameof(keys));
        }
    }

    /// <summary>The series that pass the condition, by measurement in order of name.</summary>
    private static async ValueTask<IEnumerable<(string Name, IReadOnlyList<SeriesInfo> Series)>> FindAsync(
        this StatementContext context,
        string? named,
        ValueList<Source> sources,
        Expr? where,
        bool isStrict
    )
    {
        var database = await context.GetDatabaseAsync(named);
        var (condition, range) = new TimeConditions(null, context.Now).Split(where);
        TagCondition.CheckOperators(condition);
        var series = await context.FindSeriesAsync(database, SeriesCatalogue.NameTest(sources));
        var tags = new TagCondition(OnTags(condition, isStrict), series.Select(one => one.Info), PointComparison.Passes);
        return series
            .Where(one => ShardTimes.Overlaps(one.Info, one.Policy, range) && tags.Matches(one.Info))
            .GroupBy(one => one.Info.Measurement, one => one.Info)
            .Select(group => (group.Key, (IReadOnlyList<SeriesInfo>)[.. group]));
    }

    /// <summary>The condition as these statements read it: a comparison whose left side is no name is refused, or where that is not strict, left out.</summary>
    private static Expr? OnTags(Expr? condition, bool isStrict)
    {
        switch (condition)
        {
            case ParenExpr paren:
                return OnTags(paren.Inner, isStrict);
            case BinaryExpr { Operator: Token.And or Token.Or } binary:
                var (left, right) = (OnTags(binary.Left, isStrict), OnTags(binary.Right, isStrict));
                return left is null || right is null ? left ?? right : binary with { Left = left, Right = right };
            case BinaryExpr { Left: not VarRef } compare:
                return isStrict ? throw new QueryException($"left side of '{compare.Operator.Text()}' must be a tag key") : null;
            case BooleanLiteral literal:
                throw new QueryException(GoSyntax.Of(literal));
            default:
                return condition;
        }
    }
}
