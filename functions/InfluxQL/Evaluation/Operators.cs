using System.Numerics;

namespace Serverless.InfluxQL.Evaluation;

/// <summary>An operator on two values.</summary>
internal interface IOperator<T, TResult>
{
    static abstract TResult Apply(T left, T right);
}

internal readonly struct Add<T> : IOperator<T, T>
    where T : INumber<T>
{
    public static T Apply(T left, T right) => unchecked(left + right);
}

internal readonly struct Subtract<T> : IOperator<T, T>
    where T : INumber<T>
{
    public static T Apply(T left, T right) => unchecked(left - right);
}

internal readonly struct Multiply<T> : IOperator<T, T>
    where T : INumber<T>
{
    public static T Apply(T left, T right) => unchecked(left * right);
}

/// <summary>Division; by 0 it gives 0. Integers are cut, and the least one divided by -1 is itself.</summary>
internal readonly struct Divide<T> : IOperator<T, T>
    where T : INumber<T>
{
    public static T Apply(T left, T right) =>
        right == T.Zero ? T.Zero
        : typeof(T) == typeof(long) && right == -T.One ? unchecked(-left)
        : left / right;
}

/// <summary>The rest of a division, with the sign of the dividend; of floats by 0 it is no number, of integers 0.</summary>
internal readonly struct Remainder<T> : IOperator<T, T>
    where T : INumber<T>
{
    public static T Apply(T left, T right) =>
        typeof(T) != typeof(double) && (right == T.Zero || (typeof(T) == typeof(long) && right == -T.One)) ? T.Zero : left % right;
}

/// <summary>Division of integers in SELECT: its result is a float.</summary>
internal readonly struct DivideExactly : IOperator<long, double>
{
    public static double Apply(long left, long right) => right == 0 ? 0 : (double)left / right;
}

internal readonly struct And<T> : IOperator<T, T>
    where T : IBinaryInteger<T>
{
    public static T Apply(T left, T right) => left & right;
}

internal readonly struct Or<T> : IOperator<T, T>
    where T : IBinaryInteger<T>
{
    public static T Apply(T left, T right) => left | right;
}

internal readonly struct Xor<T> : IOperator<T, T>
    where T : IBinaryInteger<T>
{
    public static T Apply(T left, T right) => left ^ right;
}

internal readonly struct Both : IOperator<bool, bool>
{
    public static bool Apply(bool left, bool right) => left & right;
}

internal readonly struct Either : IOperator<bool, bool>
{
    public static bool Apply(bool left, bool right) => left | right;
}

internal readonly struct Same : IOperator<bool, bool>
{
    public static bool Apply(bool left, bool right) => left == right;
}

internal readonly struct Different : IOperator<bool, bool>
{
    public static bool Apply(bool left, bool right) => left ^ right;
}

internal readonly struct Equal<T> : IOperator<T, bool>
    where T : INumber<T>
{
    public static bool Apply(T left, T right) => left == right;
}

internal readonly struct Unequal<T> : IOperator<T, bool>
    where T : INumber<T>
{
    public static bool Apply(T left, T right) => left != right;
}

internal readonly struct Less<T> : IOperator<T, bool>
    where T : INumber<T>
{
    public static bool Apply(T left, T right) => left < right;
}

internal readonly struct LessOrEqual<T> : IOperator<T, bool>
    where T : INumber<T>
{
    public static bool Apply(T left, T right) => left <= right;
}

internal readonly struct Greater<T> : IOperator<T, bool>
    where T : INumber<T>
{
    public static bool Apply(T left, T right) => left > right;
}

internal readonly struct GreaterOrEqual<T> : IOperator<T, bool>
    where T : INumber<T>
{
    public static bool Apply(T left, T right) => left >= right;
}
