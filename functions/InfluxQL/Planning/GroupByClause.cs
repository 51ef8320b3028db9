using System.Runtime.InteropServices;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Values;

namespace Serverless.InfluxQL.Planning;

/// <summary>GROUP BY: its dimensions, folded, and what time(…) says in nanoseconds; an interval of 0 is none.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct GroupByClause(ValueList<Dimension> Dimensions, long Interval, long Offset)
{
    /// <exception cref="QueryException">A dimension is none that there is.</exception>
    public static GroupByClause Read(SelectStatement statement, TimeZoneInfo? zone, long now)
    {
        var (interval, offset) = (0L, 0L);
        var dimensions = new List<Dimension>(statement.Dimensions.Count);
        foreach (var dimension in statement.Dimensions)
        {
            var expr = ConstantFolding.Plain.Reduce(dimension.Expr);
            switch (expr)
            {
                case VarRef name when name.Name.Equals("time", StringComparison.OrdinalIgnoreCase):
                    throw new QueryException("time() is a function and expects at least one argument");
                case Call call:
                    (interval, offset) = ReadTime(call, interval, zone, now);
                    break;
                case not (VarRef or Wildcard or RegexLiteral):
                    throw new QueryException("only time and tag dimensions allowed");
            }

            dimensions.Add(new Dimension(expr));
        }

        return new([.. dimensions], interval, offset);
    }

    private static (long Interval, long Offset) ReadTime(Call call, long before, TimeZoneInfo? zone, long now)
    {
        if (call.Name != "time")
        {
            throw new QueryException("only time() calls allowed in dimensions");
        }

        if (call.Arguments.Count is not (1 or 2))
        {
            throw new QueryException("time dimension expected 1 or 2 arguments");
        }

        if (call.Arguments[0] is not DurationLiteral { Nanoseconds: var interval })
        {
            throw new QueryException("time dimension must have duration argument");
        }

        if (before != 0)
        {
            throw new QueryException("multiple time dimensions not allowed");
        }

        return (interval, call.Arguments.Count == 2 ? ReadOffset(call.Arguments[1], interval, zone, now) : 0);
    }

    private static long ReadOffset(Expr argument, long interval, TimeZoneInfo? zone, long now)
    {
        switch (argument)
        {
            case DurationLiteral duration:
                return interval == 0 ? 0 : duration.Nanoseconds % interval;
            case TimeLiteral time:
                return SinceWindowStart(time.Nanoseconds, interval);
            case Call { Name: not "now" }:
                throw new QueryException("time dimension offset function must be now()");
            case Call { Arguments.Count: > 0 }:
                throw new QueryException("time dimension offset now() function requires no arguments");
            case Call:
                return SinceWindowStart(now, interval);
            case StringLiteral { Value: var text } when TimeText.IsTime(text):
                return TimeText.TryParseWide(text, zone, out var nanoseconds)
                    ? SinceWindowStart(nanoseconds, interval)
                    : throw new QueryException("invalid timestamp string");
            default:
                throw new QueryException("time dimension offset must be duration or now()");
        }
    }

    /// <summary>How far the time is from the multiple of the interval before it, counted as Go does: from the year 1.</summary>
    private static long SinceWindowStart(Int128 nanoseconds, long interval)
    {
        if (interval <= 0)
        {
            return 0;
        }

        var sinceYear1 = nanoseconds + ((Int128)(DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerSecond) * 1_000_000_000);
        var rest = (long)(sinceYear1 % interval);
        return rest < 0 ? rest + interval : rest;
    }
}
