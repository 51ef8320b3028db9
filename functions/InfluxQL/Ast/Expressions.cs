using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Ast;

/// <summary>The types that a reference can be cast to, and those of values.</summary>
public enum DataType : byte
{
    Unknown,
    Float,
    Integer,
    String,
    Boolean,
    Time,
    Duration,
    Tag,
    AnyField,
    Unsigned,
}

/// <summary>A field or tag by name, perhaps with a cast: <c>usage</c>, <c>"host"::tag</c>. Segments are joined: <c>a.b</c> is the name "a.b".</summary>
public sealed record VarRef(string Name, DataType Type = DataType.Unknown) : Expr;

/// <summary>A function call; the name is in lower case.</summary>
public sealed record Call(string Name, ValueList<Expr> Arguments) : Expr;

/// <summary><c>DISTINCT field</c> without parentheses; with them it is a <see cref="Call"/>.</summary>
public sealed record DistinctExpr(string Name) : Expr;

/// <summary>Two operands and an operator between them. A minus before a name is a multiplication by -1.</summary>
public sealed record BinaryExpr(Token Operator, Expr Left, Expr Right) : Expr;

/// <summary>An expression in parentheses.</summary>
public sealed record ParenExpr(Expr Inner) : Expr;

/// <summary>Which columns an asterisk stands for.</summary>
public enum WildcardKind : byte
{
    All,
    Fields,
    Tags,
}

/// <summary><c>*</c>, <c>*::field</c>, <c>*::tag</c>.</summary>
public sealed record Wildcard(WildcardKind Kind = WildcardKind.All) : Expr;
