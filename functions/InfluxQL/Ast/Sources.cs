namespace Serverless.InfluxQL.Ast;

/// <summary>A measurement by name, or those whose names match a regular expression (then the name is empty).</summary>
/// <param name="Database">The database, or null for the request's.</param>
/// <param name="RetentionPolicy">The retention policy, or null for the database's default.</param>
/// <param name="Name">The name; empty with a regular expression.</param>
/// <param name="Regex">The regular expression, or null.</param>
public sealed record Measurement(string? Database, string? RetentionPolicy, string Name, RegexLiteral? Regex = null) : Source;

/// <summary>A query in parentheses.</summary>
public sealed record SubQuery(SelectStatement Statement) : Source;

/// <summary>Where INTO writes. <c>:MEASUREMENT</c> stands for each source's own name.</summary>
/// <param name="Database">The database, or null for the request's.</param>
/// <param name="RetentionPolicy">The retention policy, or null for the database's default.</param>
/// <param name="Name">The measurement, or null for that of the source.</param>
public sealed record Target(string? Database, string? RetentionPolicy, string? Name) : Node;
