using Serverless.InfluxQL.Printing;

namespace Serverless.InfluxQL.Ast;

/// <summary>A part of a parsed query: immutable, equal by value, and printing itself as InfluxQL.</summary>
public abstract record Node
{
    /// <summary>The node as canonical InfluxQL; see <see cref="Printer"/>.</summary>
    public sealed override string ToString() => Printer.Print(this);
}

/// <summary>A statement. <see cref="SelectStatement"/> and those named in the other files of this folder.</summary>
public abstract record Statement : Node;

/// <summary>An expression: of a field, a condition or a dimension.</summary>
public abstract record Expr : Node;

/// <summary>An expression that stands for its value.</summary>
public abstract record Literal : Expr;

/// <summary>What a query reads: a <see cref="Measurement"/> or a <see cref="SubQuery"/>.</summary>
public abstract record Source : Node;
