using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

/// <summary>first and last: of what comes, only the points of its first or of its last time are looked at.</summary>
/// <param name="atStart">Whether the point is among those that come first: first in ascending, last in descending order.</param>
internal sealed class EndReducer<T, TType, TChoice>(bool atStart) : SelectorReducer<T, TType, TChoice>
    where TType : struct, IValueType<T>
    where TChoice : struct, IChoice<T>
{
    public override void Add(Batch batch, int start, int end)
    {
        var times = batch.Times.Span;
        if (atStart)
        {
            var time = Any ? ChosenTime : times[start];
            var stop = start;
            while (stop < end && times[stop] == time)
            {
                stop++;
            }

            base.Add(batch, start, stop);
            return;
        }

        var first = end - 1;
        while (first > start && times[first - 1] == times[end - 1])
        {
            first--;
        }

        base.Add(batch, first, end);
    }
}
