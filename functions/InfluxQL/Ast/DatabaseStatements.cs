namespace Serverless.InfluxQL.Ast;

/// <summary>CREATE DATABASE.</summary>
/// <param name="Name">The database.</param>
/// <param name="Policy">What WITH says of its retention policy, or null.</param>
public sealed record CreateDatabaseStatement(string Name, NewPolicy? Policy = null) : Statement;

/// <summary>The retention policy of a new database; what is null takes its default.</summary>
/// <param name="Name">NAME.</param>
/// <param name="Duration">DURATION in nanoseconds, 0 for INF.</param>
/// <param name="Replication">REPLICATION.</param>
/// <param name="ShardDuration">SHARD DURATION in nanoseconds, 0 for the default.</param>
public sealed record NewPolicy(string? Name, long? Duration, int? Replication, long ShardDuration);

public sealed record DropDatabaseStatement(string Name) : Statement;

/// <summary>CREATE RETENTION POLICY; durations in nanoseconds, 0 for INF and for the default shard duration.</summary>
public sealed record CreateRetentionPolicyStatement(
    string Name,
    string Database,
    long Duration,
    int Replication,
    long ShardDuration,
    bool Default
) : Statement;

/// <summary>ALTER RETENTION POLICY; what is null stays. Durations in nanoseconds, 0 for INF.</summary>
public sealed record AlterRetentionPolicyStatement(
    string Name,
    string Database,
    long? Duration,
    int? Replication,
    long? ShardDuration,
    bool Default
) : Statement;

public sealed record DropRetentionPolicyStatement(string Name, string Database) : Statement;

/// <summary>CREATE CONTINUOUS QUERY; RESAMPLE's durations in nanoseconds, 0 where absent. The source has a target.</summary>
public sealed record CreateContinuousQueryStatement(
    string Name,
    string Database,
    long ResampleEvery,
    long ResampleFor,
    SelectStatement Source
) : Statement;

public sealed record DropContinuousQueryStatement(string Name, string Database) : Statement;

/// <summary>CREATE SUBSCRIPTION to all destinations or any one of them.</summary>
public sealed record CreateSubscriptionStatement(
    string Name,
    string Database,
    string RetentionPolicy,
    bool All,
    ValueList<string> Destinations
) : Statement;

public sealed record DropSubscriptionStatement(string Name, string Database, string RetentionPolicy) : Statement;
