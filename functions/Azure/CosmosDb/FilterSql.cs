using System.Text.Json;
using Serverless.Domain.Documents;

namespace Serverless.Azure.CosmosDb;

/// <summary>Filters as conditions over an item c, whose body is c.b.</summary>
/// <remarks>
/// Comparing with an absent member or one of another type is undefined in Cosmos DB, which a query takes for false, but NOT of it is
/// undefined too. So under a NOT each comparison is
/// guarded by its type, by which it is true or false; elsewhere it is left bare for the index. Values are parameters; names are string
/// literals with JSON's escapes.
/// The service is taken to compare strings by their UTF-8, which is by code point.
/// </remarks>
internal sealed class FilterSql
{
    private const char Escape = '!';
    private const string Document = "c.b";

    private readonly QueryParameters parameters;

    // What paths start at: the document's body, or the element of an array (e0, and e1 within it).
    private readonly string root;
    private readonly int depth;

    public FilterSql(QueryParameters parameters)
        : this(parameters, Document, 0) { }

    private FilterSql(QueryParameters parameters, string root, int depth)
    {
        this.parameters = parameters;
        this.root = root;
        this.depth = depth;
    }

    public string Condition(Filter filter) => Condition(filter, exact: false);

    /// <param name="filter">The filter.</param>
    /// <param name="exact">Whether the condition must never be undefined.</param>
    private string Condition(Filter filter, bool exact) =>
        filter switch
        {
            Filter.Has { Path.Names.Count: 0 } => "true",
            Filter.Compare { Path.Names.Count: 0 }
            or Filter.Wildcard { Path.Names.Count: 0 }
            or Filter.Null { Path.Names.Count: 0 } when root == Document => "false",
            Filter.Compare compare => Compare(compare, exact),
            Filter.Wildcard wildcard => Wildcard(wildcard, exact),
            Filter.Has has => $"IS_DEFINED({Member(has.Path)})",
            Filter.Null none => $"IS_NULL({Member(none.Path)})",
            Filter.Element some => Element(some),
            Filter.And and => Join(and.Terms, " AND ", "true", exact),
            Filter.Or or => Any(or.Terms, exact),
            Filter.Not not => $"(NOT {Condition(not.Term, exact: true)})",
            _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "An unknown filter."),
        };

    /// <summary>Whether the subquery has a row: true or false, also where there is no array.</summary>
    private string Element(Filter.Element some)
    {
        var element = $"e{depth}";
        var condition = new FilterSql(parameters, element, depth + 1).Condition(some.Term);
        return $"EXISTS(SELECT VALUE 1 FROM {element} IN {Member(some.Path)} WHERE {condition})";
    }

    private string Member(MemberPath path) => root + string.Concat(path.Names.Select(name => $"[\"{JsonEncodedText.Encode(name)}\"]"));

    private static string Guard(string type, string member, string condition, bool exact) =>
        exact ? $"({type}({member}) AND {condition})" : condition;

    private string Compare(Filter.Compare compare, bool exact)
    {
        var value = FilterValue.Of(compare.Value);
        var member = Member(compare.Path);
        if (value.Kind is JsonValueKind.True or JsonValueKind.False)
        {
            return Boolean(compare.Operator, member, value.Kind == JsonValueKind.True, exact);
        }

        var type = TypeCheck(value);
        var wanted = parameters.Add(ValueOf(value));
        var condition = compare.Operator switch
        {
            Comparison.Equal => $"{member} = {wanted}",
            Comparison.NotEqual => $"{member} != {wanted}",
            Comparison.Less => $"{member} < {wanted}",
            Comparison.LessOrEqual => $"{member} <= {wanted}",
            Comparison.Greater => $"{member} > {wanted}",
            Comparison.GreaterOrEqual => $"{member} >= {wanted}",
            _ => throw new ArgumentOutOfRangeException(nameof(compare), compare.Operator, "An unknown comparison."),
        };
        return Guard(type, member, condition, exact || compare.Operator == Comparison.NotEqual);
    }

    private static string TypeCheck(FilterValue value) => value.Kind == JsonValueKind.String ? "IS_STRING" : "IS_NUMBER";

    private static object ValueOf(FilterValue value) => value.Kind == JsonValueKind.String ? value.Text : value.Number;

    /// <summary>False is less than true, so every comparison asks for one of them, for both or for neither.</summary>
    private static string Boolean(Comparison comparison, string member, bool wanted, bool exact)
    {
        var withFalse = Holds(comparison, false.CompareTo(wanted));
        var withTrue = Holds(comparison, true.CompareTo(wanted));
        return (withFalse, withTrue) switch
        {
            (true, true) => $"IS_BOOL({member})",
            (false, false) => "false",
            _ => Guard("IS_BOOL", member, $"{member} = {(withTrue ? "true" : "false")}", exact),
        };
    }

    private static bool Holds(Comparison comparison, int difference) =>
        comparison switch
        {
            Comparison.Equal => difference == 0,
            Comparison.NotEqual => difference != 0,
            Comparison.Less => difference < 0,
            Comparison.LessOrEqual => difference <= 0,
            Comparison.Greater => difference > 0,
            Comparison.GreaterOrEqual => difference >= 0,
            _ => throw new ArgumentOutOfRangeException(nameof(comparison), comparison, "An unknown comparison."),
        };

    private string Wildcard(Filter.Wildcard wildcard, bool exact)
    {
        var member = Member(wildcard.Path);
        if (wildcard.Pattern.Length > 0 && wildcard.Pattern.All(character => character == '*'))
        {
            return $"IS_STRING({member})";
        }

        if (wildcard.IgnoreCase)
        {
            return Guard("IS_STRING", member, IgnoringCase(member, wildcard.Pattern), exact);
        }

        if (!wildcard.Pattern.Contains('*'))
        {
            return Guard("IS_STRING", member, $"{member} = {parameters.Add(wildcard.Pattern)}", exact);
        }

        var pattern = string.Concat(wildcard.Pattern.Select(Like));
        return Guard("IS_STRING", member, $"({member} LIKE {parameters.Add(pattern)} ESCAPE \"{Escape}\")", exact);
    }

    /// <summary>What stands alone, in front, behind or between stars has a function that ignores case and uses the index; LOWER, which reads every document, is for the rest.</summary>
    private string IgnoringCase(string member, string pattern)
    {
        var text = pattern.Trim('*');
        if (text.Contains('*'))
        {
            var lower = string.Concat(pattern.ToLowerInvariant().Select(Like));
            return $"(LOWER({member}) LIKE {parameters.Add(lower)} ESCAPE \"{Escape}\")";
        }

        var function = (pattern.StartsWith('*'), pattern.EndsWith('*')) switch
        {
            (true, true) => "CONTAINS",
            (true, false) => "ENDSWITH",
            (false, true) => "STARTSWITH",
            _ => "STRINGEQUALS",
        };
        return $"{function}({member}, {parameters.Add(text)}, true)";
    }

    private static string Like(char character) =>
        character switch
        {
            '*' => "%",
            '%' or '_' or '[' or ']' or '^' or Escape => $"{Escape}{character}",
            _ => character.ToString(),
        };

    /// <summary>Alternatives for one member are one IN: the service takes few hundred ORs, but thousands of values.</summary>
    private string Any(IReadOnlyList<Filter> terms, bool exact)
    {
        var equals = terms
            .OfType<Filter.Compare>()
            .Where(IsListable)
            .GroupBy(term => (term.Path, FilterValue.Of(term.Value).Kind))
            .ToList();
        var lists = equals.Where(group => group.Count() > 1).ToList();
        var listed = lists.SelectMany(group => group).ToHashSet(ReferenceEqualityComparer.Instance);
        var conditions = lists.Select(group => In(group.Key.Path, [.. group], exact));
        var rest = terms.Where(term => !listed.Contains(term)).Select(term => Condition(term, exact));
        return Join([.. conditions, .. rest], " OR ", "false");
    }

    private static bool IsListable(Filter.Compare term) =>
        term.Operator == Comparison.Equal
        && term.Path.Names.Count > 0
        && FilterValue.Of(term.Value).Kind is JsonValueKind.String or JsonValueKind.Number;

    private string In(MemberPath path, IReadOnlyList<Filter.Compare> terms, bool exact)
    {
        var values = terms.Select(term => FilterValue.Of(term.Value)).ToList();
        var member = Member(path);
        var names = values.Select(value => parameters.Add(ValueOf(value)));
        return Guard(TypeCheck(values[0]), member, $"{member} IN ({string.Join(", ", names)})", exact);
    }

    private string Join(IReadOnlyList<Filter> terms, string between, string none, bool exact) =>
        Join([.. terms.Select(term => Condition(term, exact))], between, none);

    private static string Join(IReadOnlyList<string> conditions, string between, string none) =>
        conditions.Count switch
        {
            0 => none,
            1 => conditions[0],
            _ => $"({string.Join(between, conditions)})",
        };
}
