using Serverless.InfluxQL.Functions;

namespace Serverless.InfluxQL.Execution;

/// <summary>How a call's points are gathered from windows.</summary>
/// <param name="Windows">The windows.</param>
/// <param name="Ascending">The order of times.</param>
/// <param name="AtStart">Whether every point gets the time at which its window begins (1970 where that is the beginning of time), whatever the function says.</param>
internal sealed record Reduction(Windowing Windows, bool Ascending, bool AtStart)
{
    /// <summary>Whether a group has ended too early. The real server reads all groups as one stream, so that those after it give nothing.</summary>
    public bool HasEnded { get; set; }
}

/// <summary>Reduces the points of every window of one group. Where a function gives several points for a window they ascend, whatever the order of the query.</summary>
internal sealed class ReduceStream(PointStream input, Reduction how, Reducer reducer, PointWriter output, QueryMeter meter) : PointStream
{
    private TimeWindow? window;
    private bool ended;
    private int lastLength;
    private long held;

    public override async ValueTask<Batch?> NextAsync(CancellationToken cancellation)
    {
        ended |= how.HasEnded;
        while (true)
        {
            if (ended)
            {
                return output.Take();
            }

            if (await input.NextAsync(cancellation) is { } batch)
            {
                Take(batch);
                cancellation.ThrowIfCancellationRequested();
            }
            else
            {
                ended = true;
                Close();
            }

            if (output.Count >= Batches.Most)
            {
                return output.Take();
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        meter.Hold(-held);
        held = 0;
        await input.DisposeAsync();
        await base.DisposeAsync();
    }

    private void Take(Batch batch)
    {
        var times = batch.Times.Span;
        for (var at = 0; at < times.Length; )
        {
            if (window is { } open && !open.Contains(times[at]))
            {
                Close();
            }

            window ??= how.Windows.At(times[at]);
            if (!window.Value.Contains(times[at]))
            {
                // A point of an inner SELECT that stands for a window which began before this one's range: the real server ends there.
                (window, ended, how.HasEnded) = (null, true, true);
                return;
            }

            var end = Batches.EndOf(times, at, window.Value, how.Ascending, lastLength);
            reducer.Add(batch, at, end);
            lastLength = end - at;
            at = end;
        }

        Account(reducer.Held);
    }

    private void Close()
    {
        if (window is not { } closed)
        {
            return;
        }

        window = null;
        var before = output.Count;
        reducer.Emit(output);
        var isChanging = how is { AtStart: true, Windows: { HasZone: true, Interval: > 0 } };
        if (isChanging)
        {
            // Where the clock changes within a window, a point after the change is taken for one of a window of its own.
            output.Restamp(before, time => how.Windows.At(time).Start);
        }

        output.Stamp(before, how.AtStart && !isChanging, how.AtStart ? Windowing.TimeOf(closed.Start) : closed.Start);
    }

    private void Account(long now)
    {
        meter.Hold(now - held);
        held = now;
    }
}
