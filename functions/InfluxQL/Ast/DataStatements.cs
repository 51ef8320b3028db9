namespace Serverless.InfluxQL.Ast;

/// <summary>DELETE: points by measurement, tags and time. The sources name neither database nor retention policy; they or the condition are there.</summary>
public sealed record DeleteStatement(ValueList<Source> Sources, Expr? Condition) : Statement;

/// <summary>DROP SERIES: series by measurement and tags.</summary>
public sealed record DropSeriesStatement(ValueList<Source> Sources, Expr? Condition) : Statement;

public sealed record DropMeasurementStatement(string Name) : Statement;

public sealed record DropShardStatement(ulong Id) : Statement;

/// <summary>KILL QUERY, on a host of a cluster or null.</summary>
public sealed record KillQueryStatement(ulong Id, string? Host) : Statement;
