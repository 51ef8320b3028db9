using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Execution;

/// <summary>Puts a point into every window of the range that has none, for a group that has any point.</summary>
internal sealed class FillStream : PointStream
{
    private readonly PointStream input;
    private readonly Windowing windows;
    private readonly FillOption option;
    private readonly FieldValue number;
    private readonly FieldType[] types;
    private readonly bool ascending;
    private readonly long first;
    private readonly long last;

    private bool started;
    private bool inputEnded;
    private Batch? batch;
    private int at;
    private long next;
    private long clock;
    private (long Time, FieldValue Value)? previous;

    /// <param name="input">The points of one group, at most one a window and each at the time of its window; the first column is filled, the others stay absent.</param>
    /// <param name="fill">What fills: never <see cref="FillOption.None"/>.</param>
    /// <param name="types">The types of the columns.</param>
    /// <param name="options">The windows and the range.</param>
    public FillStream(PointStream input, Fill fill, FieldType[] types, StageOptions options)
    {
        (this.input, this.types, option, ascending) = (input, types, fill.Option, options.Ascending);
        windows = new Windowing(options);
        number = option == FillOption.Number ? FillValues.Cast(fill.Value!, types[0]) : default;
        var (from, to) = (windows.At(options.Start).Start, windows.At(options.End).Start);
        (first, last) = ascending ? (from, to) : (to, from);
    }

    public override async ValueTask<Batch?> NextAsync(CancellationToken cancellation)
    {
        var output = default(Output?);
        while (output is null || output.Count < Batches.Most)
        {
            cancellation.ThrowIfCancellationRequested();
            if (batch is null && !inputEnded)
            {
                (batch, at) = (await input.NextAsync(cancellation), 0);
                inputEnded = batch is null;
                if (!started && batch is { } opening)
                {
                    Start(opening);
                }
            }

            if (!started || (batch is null && !IsWithin))
            {
                break;
            }

            if (output is null && batch is { } whole && Matches(whole, at) is var matching && matching == whole.Count - at)
            {
                batch = null;
                return Passed(whole, at, matching);
            }

            output ??= new Output(types);
            Continue(output);
        }

        return output?.ToBatch();
    }

    public override async ValueTask DisposeAsync()
    {
        await input.DisposeAsync();
        await base.DisposeAsync();
    }

    private bool IsWithin => ascending ? next <= last : next >= last && last > Windowing.MinTime;

    private void Start(Batch opening)
    {
        started = true;
        next = first <= Windowing.MinTime ? windows.At(opening.Times.Span[0]).Start : first;
        clock = windows.ClockAt(next);
    }

    /// <summary>Adds the points that are there, or one that fills.</summary>
    private void Continue(Output output)
    {
        if (batch is { } points)
        {
            var start = at;
            var matching = Math.Min(Matches(points, start), Batches.Most - output.Count);
            if (matching > 0)
            {
                output.Add(Passed(points, start, matching));
                if (at == points.Count)
                {
                    batch = null;
                }

                return;
            }
        }

        output.Add(next, Filling());
        Advance();
    }

    /// <summary>How many points from a position on are in the windows that are next, one after the other.</summary>
    private int Matches(Batch points, int start)
    {
        var times = points.Times.Span;
        if (windows.HasZone)
        {
            return IsNext(times[start]) ? 1 : 0;
        }

        var expected = next;
        var count = 0;
        while (start + count < times.Length && (ascending ? times[start + count] <= expected : times[start + count] >= expected))
        {
            count++;
            expected += ascending ? windows.Interval : -windows.Interval;
        }

        return count;
    }

    private bool IsNext(long time) => ascending ? time <= next : time >= next;

    private Batch Passed(Batch points, int start, int count)
    {
        var passed = points.Slice(start, count);
        if (option is FillOption.Previous or FillOption.Linear)
        {
            previous = (passed.Times.Span[^1], passed.Columns[0][count - 1]);
        }

        at = start + count;
        for (var i = 0; i < count; i++)
        {
            Advance();
        }

        return passed;
    }

    private void Advance()
    {
        next = (long)Int128.Clamp((Int128)next + (ascending ? windows.Interval : -windows.Interval), long.MinValue, long.MaxValue);
        if (windows.HasZone)
        {
            var now = windows.ClockAt(next - 1);
            next += windows.Change(clock, now);
            clock = now;
        }
    }

    private FieldValue Filling()
    {
        if (option == FillOption.Number)
        {
            return number;
        }

        if (previous is not { } before || option == FillOption.Null)
        {
            return default;
        }

        return option == FillOption.Previous ? before.Value
            : batch is { } points ? FillValues.Line(before, (points.Times.Span[at], points.Columns[0][at]), next, windows.Interval)
            : default;
    }

    private sealed class Output(FieldType[] types)
    {
        private readonly ColumnBuilder[] builders = Array.ConvertAll(types, type => new ColumnBuilder(type, 64));
        private readonly List<long> times = [];

        public int Count => times.Count;

        public void Add(Batch points)
        {
            times.AddRange(points.Times.Span);
            for (var i = 0; i < builders.Length; i++)
            {
                builders[i].AddRange(points.Columns[i], 0, points.Count);
            }
        }

        public void Add(long time, FieldValue value)
        {
            times.Add(time);
            builders[0].Add(value);
            foreach (var along in builders.AsSpan(1))
            {
                along.AddAbsent();
            }
        }

        public Batch? ToBatch() =>
            times.Count == 0 ? null : new Batch(times.ToArray(), Array.ConvertAll(builders, builder => builder.ToColumn()));
    }
}
