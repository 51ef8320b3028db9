using System.Runtime.InteropServices;

namespace Serverless.Dialects.Conduit.Reads;

/// <summary>A value on its way through the stages: as it was read and calibrated, each aggregated for itself.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StagedValue(long Time, double Raw, double Calibrated);

/// <summary>The stages of an aggregation for one channel: points go in by the order of time, groups come out as they end.</summary>
internal sealed class StagePipeline(IEnumerable<Stage> stages, TimeZoneInfo zone, Action<StagedValue> output)
{
    private readonly Step[] steps = [.. stages.Select(stage => new Step(stage, zone))];

    public void Add(StagedValue value) => Add(value, 0);

    /// <summary>Ends the groups that are open.</summary>
    public void End()
    {
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i].Close() is { } group)
            {
                Add(group, i + 1);
            }
        }
    }

    private void Add(StagedValue value, int step)
    {
        if (step == steps.Length)
        {
            output(value);
        }
        else if (steps[step].Add(value) is { } group)
        {
            Add(group, step + 1);
        }
    }

    private sealed class Step(Stage stage, TimeZoneInfo zone)
    {
        private readonly GroupBounds bounds = new(stage.By, zone);
        private Totals raw;
        private Totals calibrated;
        private long start;

        /// <returns>The group before, where the value begins another.</returns>
        public StagedValue? Add(StagedValue value)
        {
            var of = bounds.StartOf(value.Time);
            var ended = raw.Count > 0 && of != start ? Close() : null;
            start = of;
            raw.Add(value.Raw);
            calibrated.Add(value.Calibrated);
            return ended;
        }

        public StagedValue? Close() => raw.Count == 0 ? null : new StagedValue(start, raw.Close(stage.What), calibrated.Close(stage.What));
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Totals
    {
        private double sum;
        private double least;
        private double most;
        private double first;
        private double last;
        private double running;

        public long Count { get; private set; }

        public void Add(double value)
        {
            if (Count++ == 0)
            {
                (sum, least, most, first) = (0, value, value, value);
            }

            sum += value;
            least = Math.Min(least, value);
            most = Math.Max(most, value);
            last = value;
        }

        public double Close(Aggregate what)
        {
            running += sum;
            var result = what switch
            {
                Aggregate.Count => Count,
                Aggregate.Sum => sum,
                Aggregate.Avg => sum / Count,
                Aggregate.Max => most,
                Aggregate.Min => least,
                Aggregate.Range => most - least,
                Aggregate.Diff => last - first,
                _ => running,
            };
            Count = 0;
            return result;
        }
    }
}
