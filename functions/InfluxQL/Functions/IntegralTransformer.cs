using Serverless.Domain.Series;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

/// <summary>integral: the area under the points by the trapezium rule, window after window, cut at their borders. It gives the area of a window when the first point of a later one comes.</summary>
/// <param name="unit">The nanoseconds that count as 1.</param>
/// <param name="options">The order of the points, and whether there are windows.</param>
/// <param name="windowAt">The first time of the window that a time is in, and the first after it.</param>
/// <param name="cutsFloats">Whether values are floats: of integers the part of a step that lies behind a border is reckoned from the point before the border, as the real server does it.</param>
internal sealed class IntegralTransformer(long unit, StageOptions options, Func<long, (long Start, long End)> windowAt, bool cutsFloats)
    : Transformer
{
    private bool any;
    private long lastTime;
    private double last;
    private long begin;
    private long border;
    private double sum;

    /// <summary>Floats without windows are one window whatever the range of times, and its time is 1970.</summary>
    private bool HasWindows => options.Interval > 0 || !cutsFloats;

    public override void Transform(Batch batch, PointWriter output)
    {
        var times = batch.Times.Span;
        var column = batch.Columns[0];
        for (var i = 0; i < times.Length; i++)
        {
            Take(times[i], column.Type == FieldType.Float ? column.Floats[i] : column.Integers[i], output);
        }
    }

    /// <summary>A window whose last point is at its beginning has no area, and gives no point.</summary>
    public override void Finish(PointWriter output, CancellationToken cancellation)
    {
        if (any && lastTime != begin)
        {
            Give(output);
        }
    }

    private void Take(long time, double value, PointWriter output)
    {
        if (!any)
        {
            Enter(time);
            // Where the window begins with time itself, its time is 1970.
            begin = !cutsFloats && begin <= long.MinValue + 2 ? 0 : begin;
        }
        else if (time != lastTime)
        {
            var reached = value;
            if (HasWindows && (options.Ascending ? time >= border : time <= border))
            {
                reached = Cross(time, value, output);
            }

            sum += 0.5 * (reached + last) * ((double)unchecked(time - lastTime) / unit);
        }

        (any, lastTime, last) = (true, time, value);
    }

    private void Enter(long time)
    {
        if (HasWindows)
        {
            var (start, end) = windowAt(time);
            (begin, border) = options.Ascending ? (start, end) : (end, start);
        }
    }

    /// <summary>Adds the area up to the border, gives the window's, and enters the window of a time.</summary>
    /// <returns>The value that the rest of the step ends with.</returns>
    private double Cross(long time, double value, PointWriter output)
    {
        var reached = value;
        if (lastTime != border)
        {
            var rise = (value - last) / unchecked(time - lastTime);
            var cut = (rise * unchecked(border - lastTime)) + last;
            sum += 0.5 * (cut + last) * ((double)unchecked(border - lastTime) / unit);
            lastTime = border;
            if (cutsFloats)
            {
                last = cut;
            }
            else
            {
                reached = cut;
            }
        }

        Give(output);
        Enter(time);
        sum = 0;
        return reached;
    }

    private void Give(PointWriter output)
    {
        output.Add(begin);
        output.Value.Add(sum);
    }
}
