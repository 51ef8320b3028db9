using System.Text.RegularExpressions;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Regexes;

namespace Serverless.InfluxQL.Planning;

/// <summary>Puts the names that there are for asterisks and regular expressions in fields, calls and GROUP BY.</summary>
internal sealed class WildcardExpansion
{
    private readonly SelectStatement statement;
    private readonly List<VarRef> columns = [];
    private readonly List<string> dimensions = [];

    private WildcardExpansion(SelectStatement statement, IReadOnlyList<NameSource> sources)
    {
        this.statement = statement;
        var fields = new Dictionary<string, DataType>();
        var tags = new HashSet<string>();
        foreach (var source in sources)
        {
            source.Collect(fields, tags);
        }

        if (HasWildcard(statement.Dimensions))
        {
            dimensions.AddRange(tags.Order(StringComparer.Ordinal));
            tags.Clear();
        }

        foreach (var dimension in statement.Dimensions)
        {
            if (dimension.Expr is VarRef tag)
            {
                tags.Remove(tag.Name);
            }
        }

        if (fields.Count > 0)
        {
            columns.AddRange(fields.Select(field => new VarRef(field.Key, field.Value)));
            columns.AddRange(tags.Select(tag => new VarRef(tag, DataType.Tag)));
            columns.Sort(NameAndType);
        }
    }

    /// <summary>Columns and refs go by name, then by type.</summary>
    public static int NameAndType(VarRef left, VarRef right)
    {
        var order = string.CompareOrdinal(left.Name, right.Name);
        return order != 0 ? order : left.Type.CompareTo(right.Type);
    }

    /// <summary>The statement without wildcards; the names in their places have types.</summary>
    /// <exception cref="QueryException">A wildcard stands where none may.</exception>
    public static SelectStatement Expand(SelectStatement statement, IReadOnlyList<NameSource> sources)
    {
        var inFields = statement.Fields.Any(field => field.Expr.Walk().Any(expr => expr is Wildcard or RegexLiteral));
        var inDimensions = HasWildcard(statement.Dimensions);
        if (!inFields && !inDimensions)
        {
            return statement;
        }

        var expansion = new WildcardExpansion(statement, sources);
        return statement with
        {
            Fields = inFields ? [.. statement.Fields.SelectMany(expansion.Expand)] : statement.Fields,
            Dimensions = inDimensions ? [.. statement.Dimensions.SelectMany(expansion.Expand)] : statement.Dimensions,
        };
    }

    private static bool HasWildcard(IEnumerable<Dimension> dimensions) =>
        dimensions.Any(dimension => dimension.Expr is Wildcard or RegexLiteral);

    private IEnumerable<Dimension> Expand(Dimension dimension) =>
        dimension.Expr switch
        {
            Wildcard => dimensions.Select(name => new Dimension(new VarRef(name))),
            RegexLiteral regex => Matching(regex).Select(name => new Dimension(new VarRef(name))),
            _ => [dimension],
        };

    private IEnumerable<string> Matching(RegexLiteral regex)
    {
        var matcher = RegexSyntax.ToRegex(regex.Pattern);
        return dimensions.Where(name => matcher.IsMatch(name));
    }

    private IEnumerable<Field> Expand(Field field)
    {
        switch (field.Expr)
        {
            case Wildcard wildcard:
                return columns.Where(column => IsMeant(wildcard, column)).Select(column => new Field(column));
            case RegexLiteral regex:
                var matcher = RegexSyntax.ToRegex(regex.Pattern);
                return columns.Where(column => matcher.IsMatch(column.Name)).Select(column => new Field(column));
            case Call call:
                return ExpandCall(field, call);
            case BinaryExpr binary when binary.Walk().Any(expr => expr is Wildcard):
                throw new QueryException($"unsupported expression with wildcard: {field.Expr}");
            case BinaryExpr binary when binary.Walk().Any(expr => expr is RegexLiteral):
                throw new QueryException($"unsupported expression with regex field: {field.Expr}");
            default:
                return [field];
        }
    }

    private static bool IsMeant(Wildcard wildcard, VarRef column) =>
        wildcard.Kind switch
        {
            WildcardKind.Fields => column.Type != DataType.Tag,
            WildcardKind.Tags => column.Type == DataType.Tag,
            _ => true,
        };

    /// <summary>The wildcard is the first argument of the innermost call; each field of a type that this function takes gives one column.</summary>
    private IEnumerable<Field> ExpandCall(Field field, Call call)
    {
        var innermost = call;
        while (innermost.Arguments is [Call inner, ..])
        {
            innermost = inner;
        }

        Regex? matcher = null;
        switch (innermost.Arguments)
        {
            case [Wildcard { Kind: WildcardKind.Tags }, ..]:
                throw new QueryException($"unable to use tag wildcard in {innermost.Name}()");
            case [Wildcard, ..]:
                break;
            case [RegexLiteral regex, ..]:
                matcher = RegexSyntax.ToRegex(regex.Pattern);
                break;
            default:
                return [field];
        }

        var name = ColumnNames.NameOf(field);
        return columns
            .Where(column => Takes(innermost.Name, column.Type) && matcher?.IsMatch(column.Name) != false)
            .Select(column => new Field(WithFirstArgument(call, innermost, column), $"{name}_{column.Name}"));
    }

    private static Call WithFirstArgument(Call call, Call innermost, VarRef column) =>
        call with
        {
            Arguments =
            [
                ReferenceEquals(call, innermost) ? column : WithFirstArgument((Call)call.Arguments[0], innermost, column),
                .. call.Arguments.Skip(1),
            ],
        };

    private static bool Takes(string function, DataType type) =>
        type switch
        {
            DataType.Float or DataType.Integer or DataType.Unsigned => true,
            DataType.String => function is "count" or "first" or "last" or "distinct" or "elapsed" or "mode" or "sample",
            DataType.Boolean => function is "count" or "first" or "last" or "distinct" or "elapsed" or "mode" or "sample" or "min" or "max",
            _ => false,
        };
}
