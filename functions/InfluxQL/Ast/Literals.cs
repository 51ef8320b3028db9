namespace Serverless.InfluxQL.Ast;

/// <summary>A number with a fraction, or written as if with one.</summary>
public sealed record NumberLiteral(double Value) : Literal;

public sealed record IntegerLiteral(long Value) : Literal;

/// <summary>An integer above 2^63 - 1.</summary>
public sealed record UnsignedLiteral(ulong Value) : Literal;

public sealed record BooleanLiteral(bool Value) : Literal;

/// <summary>A string; compared with time it is read by <see cref="Values.TimeText"/>.</summary>
public sealed record StringLiteral(string Value) : Literal;

/// <summary>A duration in nanoseconds, negative too; compared with time it is counted from 1970.</summary>
public sealed record DurationLiteral(long Nanoseconds) : Literal;

/// <summary>A regular expression in RE2's syntax, known to be valid; <see cref="Regexes.RegexSyntax"/> makes a <see cref="System.Text.RegularExpressions.Regex"/> of it.</summary>
public sealed record RegexLiteral(string Pattern) : Literal;

/// <summary>The names in <c>WITH KEY IN (…)</c>.</summary>
public sealed record ListLiteral(ValueList<string> Names) : Literal;
