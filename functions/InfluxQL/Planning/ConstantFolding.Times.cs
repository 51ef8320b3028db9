using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;
using Serverless.InfluxQL.Values;

namespace Serverless.InfluxQL.Planning;

/// <summary>Strings, durations and times. A string that is a time is one beside a duration, a time or an integer; an integer beside a time is a duration.</summary>
internal sealed partial record ConstantFolding
{
    private Literal? Times(Token op, Literal left, Literal right) =>
        (left, right) switch
        {
            (StringLiteral a, StringLiteral b) => Strings(op, a.Value, b.Value),
            (DurationLiteral a, DurationLiteral b) => Durations(op, a.Nanoseconds, b.Nanoseconds),
            (DurationLiteral a, NumberLiteral b) => Scaled(op, a.Nanoseconds, GoConversion.ToInt64(b.Value), b.Value == 0),
            (DurationLiteral a, IntegerLiteral b) => Scaled(op, a.Nanoseconds, b.Value, b.Value == 0),
            (DurationLiteral a, TimeLiteral b) => op == Token.Add ? new TimeLiteral(b.Nanoseconds + a.Nanoseconds) : null,
            (IntegerLiteral a, DurationLiteral b) => Moved(op, a.Value, b.Nanoseconds),
            (IntegerLiteral a, TimeLiteral) => Times(op, new DurationLiteral(a.Value), right),
            (TimeLiteral a, DurationLiteral b) => Moved(op, a.Nanoseconds, b.Nanoseconds),
            (TimeLiteral a, IntegerLiteral b) => Moved(op, a.Nanoseconds, b.Value),
            (TimeLiteral a, TimeLiteral b) => TwoTimes(op, a.Nanoseconds, b.Nanoseconds),
            (DurationLiteral or IntegerLiteral or TimeLiteral, StringLiteral b) => ToTime(b.Value) is { } time
                ? Times(op, left, time)
                : null,
            (StringLiteral a, DurationLiteral or IntegerLiteral or TimeLiteral) => ToTime(a.Value) is { } time
                ? Times(op, time, right)
                : null,
            _ => null,
        };

    private Literal? Strings(Token op, string left, string right)
    {
        if (op == Token.Add)
        {
            return new StringLiteral(left + right);
        }

        var times = ToTime(left) is { } a && ToTime(right) is { } b ? TwoTimes(op, a.Nanoseconds, b.Nanoseconds) : null;
        return times
            ?? op switch
            {
                Token.Eq => new BooleanLiteral(left == right),
                Token.Neq => new BooleanLiteral(left != right),
                _ => null,
            };
    }

    private static Literal? Durations(Token op, long left, long right) =>
        op switch
        {
            Token.Add => new DurationLiteral(unchecked(left + right)),
            Token.Sub => new DurationLiteral(unchecked(left - right)),
            _ => Compared(op, left.CompareTo(right)),
        };

    private static DurationLiteral? Scaled(Token op, long duration, long factor, bool isZero) =>
        op switch
        {
            Token.Mul => new(unchecked(duration * factor)),
            Token.Div when isZero || factor == 0 => new(0),
            Token.Div => new(factor == -1 ? unchecked(-duration) : duration / factor),
            _ => null,
        };

    private static TimeLiteral? Moved(Token op, Int128 time, long duration) =>
        op switch
        {
            Token.Add => new(time + duration),
            Token.Sub => new(time - duration),
            _ => null,
        };

    private static Literal? TwoTimes(Token op, Int128 left, Int128 right) =>
        op == Token.Sub
            ? new DurationLiteral((long)Int128.Clamp(left - right, long.MinValue, long.MaxValue))
            : Compared(op, left.CompareTo(right));

    private TimeLiteral? ToTime(string text) =>
        TimeText.TryParseWide(text, Zone, out var nanoseconds) ? new TimeLiteral(nanoseconds) : null;
}
