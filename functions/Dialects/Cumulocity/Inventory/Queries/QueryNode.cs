using System.Globalization;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Cumulocity.Inventory.Queries;

/// <summary>A query: what objects must satisfy, and their order. Every part prints itself as it is parsed.</summary>
internal sealed record ObjectQuery(QueryNode? Filter, IReadOnlyList<QueryOrder> Order)
{
    public static readonly ObjectQuery All = new(null, []);

    public override string ToString() =>
        string.Join(
            ' ',
            new[] { Filter is null ? "" : $"$filter={Filter}", Order.Count == 0 ? "" : $"$orderby={string.Join(',', Order)}" }.Where(part =>
                part.Length > 0
            )
        );
}

/// <summary>A member to order by.</summary>
internal sealed record QueryOrder(QueryPath Path, bool Descending)
{
    public override string ToString() => Descending ? $"{Path} desc" : $"{Path} asc";
}

/// <summary>A member of an object as the API shows it, such as c8y_Position.lat.</summary>
internal readonly record struct QueryPath(string Text)
{
    public string[] Names => Text.Split('.');

    public override string ToString() => Text;
}

/// <summary>What a member is compared with.</summary>
internal abstract record QueryLiteral
{
    /// <summary>A text. Where it has a wildcard, every star in it stands for any run of characters, and case does not count.</summary>
    public sealed record Text(string Value, bool HasWildcard) : QueryLiteral
    {
        public override string ToString()
        {
            var escaped = Value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal);
            return $"'{(HasWildcard ? escaped : escaped.Replace("*", @"\*", StringComparison.Ordinal))}'";
        }
    }

    public sealed record Number(double Value) : QueryLiteral
    {
        public override string ToString() => Value.ToString("R", CultureInfo.InvariantCulture) + "d";
    }

    public sealed record Truth(bool Value) : QueryLiteral
    {
        public override string ToString() => Value ? "true" : "false";
    }

    public sealed record None : QueryLiteral
    {
        public override string ToString() => "null";
    }

    public sealed record Time(DateTimeOffset Value) : QueryLiteral
    {
        public override string ToString() => $"'{Value.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)}'";
    }
}

/// <summary>What objects must satisfy.</summary>
internal abstract record QueryNode
{
    public sealed record Compare(QueryPath Path, Comparison Operator, QueryLiteral Literal) : QueryNode
    {
        public override string ToString() => $"{Path} {QueryParser.NameOf(Operator)} {Literal}";
    }

    /// <summary>The object has the member.</summary>
    public sealed record Has(QueryPath Path) : QueryNode
    {
        public override string ToString() => $"has({Path})";
    }

    /// <summary>The object is a child asset of one of these groups.</summary>
    public sealed record InGroup(IReadOnlyList<string> Groups) : QueryNode
    {
        public override string ToString() => $"bygroupid({string.Join(',', Groups)})";
    }

    /// <summary>The object is below one of these, at any depth and by any relation.</summary>
    public sealed record Below(IReadOnlyList<string> Roots) : QueryNode
    {
        public override string ToString() => $"isinhierarchyof({string.Join(',', Roots)})";
    }

    public sealed record And(IReadOnlyList<QueryNode> Terms) : QueryNode
    {
        public override string ToString() => $"({string.Join(" and ", Terms)})";
    }

    public sealed record Or(IReadOnlyList<QueryNode> Terms) : QueryNode
    {
        public override string ToString() => $"({string.Join(" or ", Terms)})";
    }

    public sealed record Not(QueryNode Term) : QueryNode
    {
        public override string ToString() => $"not({Term})";
    }
}
