using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Functions.Technical;

namespace Serverless.InfluxQL.Functions;

/// <summary>Reads the arguments of calls that the planner found to be right.</summary>
internal static class CallArguments
{
    /// <summary>The greatest number of points that one call may look back on or forecast: it bounds memory.</summary>
    private const int MostPoints = 10_000_000;

    private const long Second = 1_000_000_000;

    /// <summary>A number of points: the argument at a position.</summary>
    /// <exception cref="QueryException">It is more than this cloud keeps.</exception>
    public static int Count(this Call call, int at) =>
        call.Arguments[at] is IntegerLiteral { Value: <= MostPoints } count
            ? (int)count.Value
            : throw new QueryException($"{call.Name}: {call.Arguments[at]} is more than {MostPoints} points");

    /// <summary>How many points top, bottom and sample give: the last argument.</summary>
    public static int Limit(this Call call) => (int)Math.Min(((IntegerLiteral)call.Arguments[^1]).Value, int.MaxValue);

    /// <summary>The rank of percentile, 0 to 100.</summary>
    public static double Percentile(this Call call) =>
        call.Arguments[1] switch
        {
            NumberLiteral number => number.Value,
            IntegerLiteral integer => integer.Value,
            _ => 0,
        };

    /// <summary>The nanoseconds of a unit of time: the second argument, else a default.</summary>
    public static long Unit(this Call call, long otherwise) =>
        call.Arguments.Count > 1 && call.Arguments[1] is DurationLiteral unit ? unit.Nanoseconds : otherwise;

    /// <summary>The unit of derivative: the second argument, else the interval of the windows, else a second.</summary>
    public static long DerivativeUnit(this Call call, StageOptions options) => call.Unit(options.Interval > 0 ? options.Interval : Second);

    public static long IntegralUnit(this Call call) => call.Unit(Second);

    public static long ElapsedUnit(this Call call) => call.Unit(1);

    /// <summary>How many results a function of technical analysis holds back: the third argument, else its warm-up.</summary>
    public static long Hold(this Call call, Indicator indicator) =>
        call.Arguments.Count > 2 && call.Arguments[2] is IntegerLiteral { Value: not -1 } hold ? hold.Value : indicator.WarmUp;

    /// <summary>The warm-up: the fourth argument; null where there is none.</summary>
    public static WarmUpKind? WarmUp(this Call call) =>
        call.Arguments.Count < 4 ? null
        : call.Arguments[3] is StringLiteral { Value: "simple" } ? WarmUpKind.Simple
        : call.Arguments[3] is StringLiteral { Value: "none" } ? null
        : WarmUpKind.Exponential;
}
