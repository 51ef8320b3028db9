using System.Collections.Frozen;
using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Planning;

/// <summary>The functions of single values: how many arguments they take, and what they make of literals.</summary>
internal static class MathFunctions
{
    private static readonly FrozenDictionary<string, Func<double, double>> OfOne = new Dictionary<string, Func<double, double>>
    {
        ["sin"] = Math.Sin,
        ["cos"] = Math.Cos,
        ["tan"] = Math.Tan,
        ["asin"] = Math.Asin,
        ["acos"] = Math.Acos,
        ["atan"] = Math.Atan,
        ["exp"] = Math.Exp,
        ["ln"] = Math.Log,
        ["log2"] = Math.Log2,
        ["log10"] = Math.Log10,
        ["sqrt"] = Math.Sqrt,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, Func<double, double, double>> OfTwo = new Dictionary<
        string,
        Func<double, double, double>
    >
    {
        ["atan2"] = Math.Atan2,
        ["pow"] = Math.Pow,
        ["log"] = (value, b) => Math.Log(value) / Math.Log(b),
    }.ToFrozenDictionary();

    /// <summary>Those that leave an integer as it is, or an integer.</summary>
    private static readonly FrozenDictionary<string, Func<double, double>> KeepingType = new Dictionary<string, Func<double, double>>
    {
        ["abs"] = Math.Abs,
        ["floor"] = Math.Floor,
        ["ceil"] = Math.Ceiling,
        ["round"] = value => Math.Round(value, MidpointRounding.AwayFromZero),
    }.ToFrozenDictionary();

    public static bool Contains(string name) => OfOne.ContainsKey(name) || OfTwo.ContainsKey(name) || KeepingType.ContainsKey(name);

    public static bool KeepsType(string name) => KeepingType.ContainsKey(name);

    /// <summary>How many arguments it takes in a field.</summary>
    public static int ArgumentCount(string name) => OfTwo.ContainsKey(name) ? 2 : 1;

    /// <summary>How many arguments it takes in WHERE, where the real server miscounts those of log().</summary>
    public static int ArgumentCountInCondition(string name) => name == "log" ? 1 : ArgumentCount(name);

    /// <summary>What it makes of literals; where that is nothing, a duration, which stands for no value. Null if it is no math function of so many arguments.</summary>
    public static Literal? Fold(string name, IReadOnlyList<Literal> arguments)
    {
        switch (arguments)
        {
            case [var only] when KeepingType.TryGetValue(name, out var keeping):
                return only switch
                {
                    IntegerLiteral integer when name == "abs" => new IntegerLiteral(
                        unchecked(integer.Value < 0 ? -integer.Value : integer.Value)
                    ),
                    IntegerLiteral or UnsignedLiteral => only,
                    NumberLiteral number => new NumberLiteral(keeping(number.Value)),
                    _ => new DurationLiteral(0),
                };
            case [var only] when OfOne.TryGetValue(name, out var one):
                return AsFloat(only) is { } value ? new NumberLiteral(one(value)) : new DurationLiteral(0);
            case [var first, var second] when OfTwo.TryGetValue(name, out var two):
                return AsFloat(first) is { } left && AsFloat(second) is { } right
                    ? new NumberLiteral(two(left, right))
                    : new DurationLiteral(0);
            default:
                return null;
        }
    }

    private static double? AsFloat(Literal literal) =>
        literal switch
        {
            NumberLiteral number => number.Value,
            IntegerLiteral integer => integer.Value,
            UnsignedLiteral unsigned => unsigned.Value,
            _ => null,
        };
}
