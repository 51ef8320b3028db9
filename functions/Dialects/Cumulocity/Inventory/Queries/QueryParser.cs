using System.Globalization;
using Serverless.Domain.Documents;
using Serverless.Domain.Time;

namespace Serverless.Dialects.Cumulocity.Inventory.Queries;

/// <summary>Parses the inventory's query language.</summary>
/// <remarks>
/// query := ["$filter="] [filter] ["$orderby=" order]; filter := and ("or" and)*; and := term ("and" term)*; term := "not" term | "(" filter ")" | function | path comparison
/// literal; order := path ["asc" | "desc"] ("," …)*. Operators are read in any case. ne is ours: the vendor has only not. A text without blanks and marks may stand without apostrophes, as clients
/// write types and owners.
/// </remarks>
internal sealed class QueryParser
{
    // Beyond any query that a person or a client writes; each level is a call here and in all that walks the tree.
    private const int MostDepth = 64;
    private const int MostNames = 16;

    private static readonly Dictionary<string, Comparison> Comparisons = new(StringComparer.OrdinalIgnoreCase)
    {
        ["eq"] = Comparison.Equal,
        ["ne"] = Comparison.NotEqual,
        ["lt"] = Comparison.Less,
        ["le"] = Comparison.LessOrEqual,
        ["gt"] = Comparison.Greater,
        ["ge"] = Comparison.GreaterOrEqual,
    };

    private readonly QueryScanner scanner;
    private QueryToken token;
    private int depth;

    private QueryParser(string query)
    {
        scanner = new QueryScanner(query);
        token = scanner.Next();
    }

    /// <exception cref="QuerySyntaxException">It is no query.</exception>
    public static ObjectQuery Parse(string query) => new QueryParser(query).ParseQuery();

    public static string NameOf(Comparison comparison) => Comparisons.First(pair => pair.Value == comparison).Key;

    private ObjectQuery ParseQuery()
    {
        QueryNode? filter = null;
        IReadOnlyList<QueryOrder> order = [];
        var (hasFilter, hasOrder) = (false, false);
        while (token.Kind != TokenKind.End)
        {
            var start = token;
            if (token.IsWord("$orderby"))
            {
                Once(ref hasOrder, start);
                Option();
                order = ParseOrder();
                continue;
            }

            if (token.IsWord("$filter"))
            {
                Option();
            }
            else if (hasFilter || hasOrder)
            {
                throw QuerySyntaxException.Expected(hasFilter ? "and, or, $orderby= or the end" : "a comma, $filter= or the end", token);
            }

            Once(ref hasFilter, start);
            filter = AtOption() ? null : ParseFilter();
        }

        return new ObjectQuery(filter, order);
    }

    private static void Once(ref bool seen, QueryToken at) =>
        seen = seen ? throw new QuerySyntaxException(at.Position, $"{at.Description} comes twice.") : true;

    private bool AtOption() => token.Kind == TokenKind.End || token.IsWord("$orderby") || token.IsWord("$filter");

    private void Option()
    {
        Take();
        Take(TokenKind.Equals, "'='");
    }

    private List<QueryOrder> ParseOrder()
    {
        var order = new List<QueryOrder>();
        do
        {
            var path = ParsePath();
            var descending = token.IsWord("desc");
            if (descending || token.IsWord("asc"))
            {
                Take();
            }

            order.Add(new QueryOrder(path, descending));
        } while (TryTake(TokenKind.Comma));
        return order;
    }

    private QueryNode ParseFilter() =>
        ParseTerms("or", () => ParseTerms("and", ParseTerm, all => new QueryNode.And(all)), all => new QueryNode.Or(all));

    private QueryNode ParseTerms(string between, Func<QueryNode> parse, Func<IReadOnlyList<QueryNode>, QueryNode> combine)
    {
        var terms = new List<QueryNode> { parse() };
        while (token.IsWord(between))
        {
            Take();
            terms.Add(parse());
        }

        return terms.Count == 1 ? terms[0] : combine(terms);
    }

    private QueryNode ParseTerm()
    {
        if (++depth > MostDepth)
        {
            throw new QuerySyntaxException(token.Position, $"The query nests deeper than {MostDepth} levels.");
        }

        var term =
            TryTake(TokenKind.Open) ? ParseParentheses()
            : token.IsWord("not") ? ParseNot()
            : ParseCondition();
        depth--;
        return term;
    }

    /// <summary>Empty parentheses, which clients write for a filter without conditions, are all objects.</summary>
    private QueryNode ParseParentheses()
    {
        var filter = token.Kind == TokenKind.Close ? new QueryNode.And([]) : ParseFilter();
        Take(TokenKind.Close, "and, or or ')'");
        return filter;
    }

    private QueryNode.Not ParseNot()
    {
        Take();
        return new QueryNode.Not(ParseTerm());
    }

    private QueryNode ParseCondition()
    {
        var start = token;
        if (start.Kind != TokenKind.Word)
        {
            throw QuerySyntaxException.Expected("a member, a function or '('", start);
        }

        Take();
        return token.Kind == TokenKind.Open ? ParseFunction(start) : ParseComparison(start);
    }

    private QueryNode ParseFunction(QueryToken name)
    {
        var known = name.Value.ToLowerInvariant() is "has" or "hasany" or "bygroupid" or "isinhierarchyof";
        if (!known)
        {
            throw new QuerySyntaxException(
                name.Position,
                $"There is no function {name.Value}: there are has, hasany, bygroupid and isinhierarchyof."
            );
        }

        Take();
        var arguments = new List<QueryToken> { ParseArgument() };
        while (TryTake(TokenKind.Comma))
        {
            arguments.Add(ParseArgument());
        }

        Take(TokenKind.Close, "a comma or ')'");
        switch (name.Value.ToLowerInvariant())
        {
            case "has":
                return arguments.Count == 1
                    ? new QueryNode.Has(PathOf(arguments[0]))
                    : throw new QuerySyntaxException(arguments[1].Position, "has takes one member: hasany takes several.");
            case "hasany":
                return new QueryNode.Or([.. arguments.Select(argument => new QueryNode.Has(PathOf(argument)))]);
            case "bygroupid":
                return new QueryNode.InGroup([.. arguments.Select(IdOf)]);
            default:
                return new QueryNode.Below([.. arguments.Select(IdOf)]);
        }
    }

    private QueryToken ParseArgument()
    {
        var argument = token;
        if (argument.Kind is not (TokenKind.Word or TokenKind.Text))
        {
            throw QuerySyntaxException.Expected("a name", argument);
        }

        Take();
        return argument;
    }

    private static string IdOf(QueryToken argument) =>
        argument.Value.Length > 0 && argument.Value.All(char.IsAsciiDigit)
            ? argument.Value
            : throw new QuerySyntaxException(argument.Position, $"An object's id is digits, and not {argument.Description}.");

    private QueryPath ParsePath()
    {
        var start = token;
        if (start.Kind != TokenKind.Word)
        {
            throw QuerySyntaxException.Expected("a member", start);
        }

        Take();
        return PathOf(start);
    }

    private static QueryPath PathOf(QueryToken word) =>
        word.Value.Split('.') is var names && (names.Length > MostNames || names.Contains(""))
            ? throw new QuerySyntaxException(
                word.Position,
                $"A path is 1 to {MostNames} names with dots between them, and not {word.Description}."
            )
            : new QueryPath(word.Value);

    private QueryNode.Compare ParseComparison(QueryToken member)
    {
        var path = PathOf(member);
        if (token.Kind != TokenKind.Word || !Comparisons.TryGetValue(token.Value, out var comparison))
        {
            throw QuerySyntaxException.Expected("one of eq, ne, lt, le, gt and ge", token);
        }

        Take();
        var literal = token;
        if (literal.Kind is not (TokenKind.Word or TokenKind.Text))
        {
            throw QuerySyntaxException.Expected("a value", literal);
        }

        Take();
        if (path.Text == "text" && !(literal.Kind == TokenKind.Text && comparison == Comparison.Equal))
        {
            throw new QuerySyntaxException(member.Position, "text is searched with eq and a text, such as text eq 'pump'.");
        }

        return new QueryNode.Compare(path, comparison, ShownMembers.IsTime(path) ? TimeOf(literal) : LiteralOf(literal));
    }

    private static QueryLiteral TimeOf(QueryToken token) =>
        token.Kind == TokenKind.Text && Iso8601.TryParse(token.Value, out var nanoseconds)
            ? new QueryLiteral.Time(DateTimeOffset.UnixEpoch.AddTicks((long)Math.Floor(nanoseconds / 100m)))
        : token.IsWord("null") ? new QueryLiteral.None()
        : throw QuerySyntaxException.Expected("a time such as '2020-03-19T12:03:27.845Z'", token);

    private static QueryLiteral LiteralOf(QueryToken token)
    {
        if (token.Kind == TokenKind.Text)
        {
            return new QueryLiteral.Text(token.Value, token.HasWildcard);
        }

        return token.IsWord("null") ? new QueryLiteral.None()
            : token.IsWord("true") || token.IsWord("false") ? new QueryLiteral.Truth(token.IsWord("true"))
            : (QueryLiteral?)NumberOf(token) ?? BareTextOf(token);
    }

    /// <summary>A number, or null; the vendor wants f or d behind a decimal, and its own client leaves it out where it compares with eq.</summary>
    private static QueryLiteral.Number? NumberOf(QueryToken token)
    {
        var digits = token.Value[^1] is 'f' or 'F' or 'd' or 'D' or 'l' or 'L' ? token.Value[..^1] : token.Value;
        return !double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? null
            : double.IsFinite(number) ? new QueryLiteral.Number(number)
            : throw new QuerySyntaxException(token.Position, $"A number is one that a 64-bit float holds, and not {token.Description}.");
    }

    /// <summary>A text without apostrophes.</summary>
    private static QueryLiteral.Text BareTextOf(QueryToken token) =>
        token.Value[0] == '$' || IsReserved(token)
            ? throw new QuerySyntaxException(
                token.Position,
                $"A value is a text, which stands between apostrophes, a number, true, false or null, and not {token.Description}."
            )
            : new QueryLiteral.Text(token.Value, token.Value.Contains('*', StringComparison.Ordinal));

    private static bool IsReserved(QueryToken token) => token.IsWord("and") || token.IsWord("or") || token.IsWord("not");

    private void Take() => token = scanner.Next();

    private bool TryTake(TokenKind kind)
    {
        if (token.Kind != kind)
        {
            return false;
        }

        Take();
        return true;
    }

    private void Take(TokenKind kind, string wanted)
    {
        if (!TryTake(kind))
        {
            throw QuerySyntaxException.Expected(wanted, token);
        }
    }
}
