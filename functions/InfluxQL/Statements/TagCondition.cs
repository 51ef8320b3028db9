using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Regexes;
using Serverless.InfluxQL.Syntax;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Statements;

/// <summary>What a comparison that needs points (one with a field or with a number) means to a statement that looks at series only.</summary>
internal enum PointComparison
{
    /// <summary>Nothing: every series passes.</summary>
    Passes,

    /// <summary>No series passes.</summary>
    Fails,

    /// <summary>The statement refuses it.</summary>
    Refused,
}

/// <summary>A condition on series: on their tags, a tag that is missing being "", and on their measurement as <c>_name</c>.</summary>
internal sealed class TagCondition
{
    /// <summary>The name that stands for the measurement.</summary>
    public const string MeasurementName = "_name";

    private readonly HashSet<(string Measurement, string Field)> fields;
    private readonly PointComparison points;
    private readonly Func<SeriesInfo, bool> test;

    /// <param name="condition">The condition without what is on time; null for none.</param>
    /// <param name="series">All series that may be asked about: what is a field of their measurement is no tag.</param>
    /// <param name="points">What a comparison with a field means.</param>
    public TagCondition(Expr? condition, IEnumerable<SeriesInfo> series, PointComparison points)
    {
        fields = [.. series.SelectMany(info => info.Fields.Select(field => (info.Measurement, field.Name)))];
        this.points = points;
        test = condition is null ? _ => true : Compile(condition);
    }

    /// <summary>Whether the series passes.</summary>
    /// <exception cref="QueryException">It would take its points to tell, and the statement refuses that.</exception>
    public bool Matches(SeriesInfo series) => test(series);

    /// <summary>Tags are compared by =, !=, =~ and !~ only.</summary>
    /// <exception cref="QueryException">There is another operator in the condition.</exception>
    public static void CheckOperators(Expr? condition)
    {
        var wrong = condition
            ?.Walk()
            .OfType<BinaryExpr>()
            .Any(expr => expr.Operator is not (Token.Eq or Token.Neq or Token.EqRegex or Token.NeqRegex or Token.And or Token.Or));
        if (wrong == true)
        {
            throw new QueryException("invalid tag comparison operator");
        }
    }

    private Func<SeriesInfo, bool> Compile(Expr condition)
    {
        switch (condition)
        {
            case ParenExpr paren:
                return Compile(paren.Inner);
            case BooleanLiteral literal:
                return _ => literal.Value;
            case BinaryExpr { Operator: Token.And } and:
                var (first, second) = (Compile(and.Left), Compile(and.Right));
                return series => first(series) && second(series);
            case BinaryExpr { Operator: Token.Or } or:
                var (left, right) = (Compile(or.Left), Compile(or.Right));
                return series => left(series) || right(series);
            case BinaryExpr { Left: VarRef key, Right: not BinaryExpr } compare:
                return Compare(key, compare.Operator, compare.Right);
            case BinaryExpr { Right: VarRef key, Left: not BinaryExpr } compare:
                return Compare(key, compare.Operator, compare.Left);
            default:
                return _ => NeedsPoints();
        }
    }

    private Func<SeriesInfo, bool> Compare(VarRef key, Token op, Expr value)
    {
        if (op is not (Token.Eq or Token.Neq or Token.EqRegex or Token.NeqRegex))
        {
            return _ => NeedsPoints();
        }

        var isEqual = op is Token.Eq or Token.EqRegex;
        Func<SeriesInfo, bool> compare;
        switch (value)
        {
            case StringLiteral text:
                compare = series => (TextOf(series, key.Name) == text.Value) == isEqual;
                break;
            case RegexLiteral pattern:
                var regex = RegexSyntax.ToRegex(pattern.Pattern);
                compare = series => regex.IsMatch(TextOf(series, key.Name)) == isEqual;
                break;
            case VarRef other:
                return series =>
                    IsField(series, key) || IsField(series, other) ? NeedsPoints() : HasTags(series, key.Name, other.Name, isEqual);
            default:
                return _ => NeedsPoints();
        }

        return series => IsField(series, key) ? NeedsPoints() : compare(series);
    }

    /// <summary>A tag compared with a tag selects, in the real server's index, series that have both, or with != the first only; where points are looked at, the values count too.</summary>
    private bool HasTags(SeriesInfo series, string key, string other, bool isEqual) =>
        series.Tags[key] is { } value
        && (series.Tags[other] is not null) == isEqual
        && (points != PointComparison.Fails || (value == (series.Tags[other] ?? "")) == isEqual);

    private static string TextOf(SeriesInfo series, string key) => key == MeasurementName ? series.Measurement : series.Tags[key] ?? "";

    private bool IsField(SeriesInfo series, VarRef name) =>
        name.Name != MeasurementName
        && (name.Type == DataType.Unknown ? fields.Contains((series.Measurement, name.Name)) : name.Type != DataType.Tag);

    private bool NeedsPoints() =>
        points == PointComparison.Refused
            ? throw new QueryException("fields not supported in WHERE clause during deletion")
            : points == PointComparison.Passes;
}
