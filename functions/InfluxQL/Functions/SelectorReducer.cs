using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

/// <summary>Which of two points a selector prefers.</summary>
internal interface IChoice<T>
{
    /// <summary>Whether a point that comes later in the stream takes the place of the chosen one.</summary>
    static abstract bool Replaces(T value, long time, T chosen, long chosenTime);
}

/// <summary>min, max, first and last: one point of a window, and what goes along with it.</summary>
internal class SelectorReducer<T, TType, TChoice> : Reducer
    where TType : struct, IValueType<T>
    where TChoice : struct, IChoice<T>
{
    private Batch? source;
    private int index;

    /// <summary>The chosen point's value and time, once there is one.</summary>
    protected T Chosen { get; private set; } = default!;

    protected long ChosenTime { get; private set; }

    protected bool Any => source is not null;

    public override void Add(Batch batch, int start, int end)
    {
        var values = TType.Read(batch.Columns[0]);
        var times = batch.Times.Span;
        var i = start;
        if (!Any && start < end)
        {
            Choose(batch, i++);
        }

        for (; i < end; i++)
        {
            if (TChoice.Replaces(values[i], times[i], Chosen, ChosenTime))
            {
                Choose(batch, i);
            }
        }
    }

    public override void Emit(PointWriter output)
    {
        output.Add(ChosenTime, source!, index);
        TType.Write(output.Value, Chosen);
        source = null;
    }

    protected void Choose(Batch batch, int at) =>
        (source, index, Chosen, ChosenTime) = (batch, at, TType.Read(batch.Columns[0])[at], batch.Times.Span[at]);
}

/// <summary>min: the least value, the earliest of equal ones.</summary>
internal readonly struct Least<T, TType> : IChoice<T>
    where TType : struct, IValueType<T>
{
    public static bool Replaces(T value, long time, T chosen, long chosenTime) =>
        TType.IsLess(value, chosen) || (time < chosenTime && TType.IsEqual(value, chosen));
}

/// <summary>max: the greatest value, the earliest of equal ones.</summary>
internal readonly struct Greatest<T, TType> : IChoice<T>
    where TType : struct, IValueType<T>
{
    public static bool Replaces(T value, long time, T chosen, long chosenTime) =>
        TType.IsLess(chosen, value) || (time < chosenTime && TType.IsEqual(value, chosen));
}

/// <summary>first: the earliest point, of several at one time that with the greatest value; but false before true.</summary>
internal readonly struct Earliest<T, TType> : IChoice<T>
    where TType : struct, IValueType<T>
{
    public static bool Replaces(T value, long time, T chosen, long chosenTime) =>
        time < chosenTime
        || (time == chosenTime && (typeof(T) == typeof(bool) ? TType.IsLess(value, chosen) : TType.IsLess(chosen, value)));
}

/// <summary>last: the latest point, of several at one time that with the greatest value.</summary>
internal readonly struct Latest<T, TType> : IChoice<T>
    where TType : struct, IValueType<T>
{
    public static bool Replaces(T value, long time, T chosen, long chosenTime) =>
        time > chosenTime || (time == chosenTime && TType.IsLess(chosen, value));
}
