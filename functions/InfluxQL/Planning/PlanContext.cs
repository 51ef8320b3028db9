using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Planning;

/// <summary>What a plan depends on besides the statement and its sources.</summary>
/// <param name="Now">What now() is, in nanoseconds since 1970.</param>
/// <param name="Limits">Of these the planner keeps <see cref="QueryLimits.Buckets"/>.</param>
public sealed record PlanContext(long Now, QueryLimits Limits);
