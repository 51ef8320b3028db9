using FsCheck;
using FsCheck.Fluent;
using Serverless.Contracts.Series;
using Serverless.Domain.Series;

namespace Serverless.TimeSeries.Tests.Store;

public sealed class StorePropertyTests
{
    private const long Hour = 3_600_000_000_000;

    private static readonly TagSet[] TagSets = [TagSet.Empty, TagSet.Of("uuid", "d1"), TagSet.Of("uuid", "d2")];

    [Fact]
    public void Reads_return_the_last_value_of_each_time_whatever_was_written_and_compacted()
    {
        var steps = Steps(instances: 1);
        Check(steps, 80, exclusive: false);
        Check(steps, 40, exclusive: true);
    }

    [Fact]
    public void So_they_do_when_several_instances_write_delete_and_compact_in_turn() => Check(Steps(instances: 3), 80, exclusive: false);

    private static void Check(Arbitrary<Step[]> steps, int count, bool exclusive) =>
        Prop.ForAll(steps, done => Task.Run(() => RunAsync(done, exclusive)).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(count));

    private static async Task RunAsync(Step[] steps, bool exclusive)
    {
        var runs = new MemoryRunStore();
        var options = new SeriesOptions
        {
            Exclusive = exclusive,
            BlockPoints = 4,
            Shards = 2,
            MergeRows = exclusive ? 1 : 2,
            ReadsWindows = !exclusive,
        };
        var model = new SeriesModel();
        var stores = new SeriesStore?[3];
        foreach (var step in steps)
        {
            var store = stores[step.Instance] ??= new SeriesStore(runs, TimeProvider.System, options);
            switch (step)
            {
                case WriteStep write:
                    model.Write(write.Points);
                    await store.WriteAsync("t", "iot", write.Points, default);
                    break;
                case DeleteStep delete:
                    model.Delete(delete.Selector, delete.From, delete.To);
                    await store.DeleteAsync("t", "iot", delete.Selector, delete.From, delete.To, default);
                    break;
                case DeletePointsStep points:
                    var (measurement, tags) = points.Series;
                    model.DeletePoints(points.Series, points.Field, points.Times);
                    await store.DeletePointsAsync("t", "iot", measurement, tags, points.Field, points.Times, default);
                    break;
                case RetainStep retain:
                    model.Delete(default, long.MinValue, retain.Cutoff);
                    await store.ApplyRetentionAsync("t", "iot", retain.Cutoff, default);
                    break;
                case CompactStep:
                    await store.CompactAsync("t", "iot", default);
                    break;
                case RestartStep:
                    await store.DisposeAsync();
                    stores[step.Instance] = null;
                    break;
                case ReadStep:
                    await model.VerifyAsync(store);
                    break;
            }
        }

        await using var fresh = new SeriesStore(runs, TimeProvider.System, options);
        await model.VerifyAsync(fresh);
        await fresh.CompactAsync("t", "iot", default);
        await model.VerifyAsync(fresh);
        foreach (var store in stores.OfType<SeriesStore>())
        {
            await (exclusive ? Task.CompletedTask : model.VerifyAsync(store));
            await store.DisposeAsync();
        }
    }

    private static Arbitrary<Step[]> Steps(int instances)
    {
        var instance = Gen.Choose(0, instances - 1);
        var time = Gen.OneOf(Gen.Choose(0, 20).Select(i => i * Hour), Gen.Choose(-40, 40).Select(i => i * 24 * Hour));
        var value = Gen.OneOf(
            Gen.Choose(-300, 300).Select(i => FieldValue.Of(i / 100.0)),
            Gen.Choose(0, 9).Select(i => FieldValue.Of((long)i)),
            Gen.Elements(FieldValue.Of(true), FieldValue.Of(false)),
            Gen.Elements("", "a", "äö", "long text").Select(FieldValue.Of)
        );
        var point =
            from measurement in Gen.Elements("temp", "hum")
            from tags in Gen.Elements(TagSets)
            from field in Gen.Elements("value", "max")
            from t in time
            from v in value
            select new Point(measurement, tags, field, t, v);
        var selector =
            from measurement in Gen.Elements<string?>(null, "temp", "hum")
            from tags in Gen.Elements(TagSets)
            select new SeriesSelector(measurement, tags);
        var write = from i in instance from points in point.ListOf().Select(list => list.ToArray()) select (Step)new WriteStep(i, points);
        var delete =
            from i in instance
            from s in selector
            from a in time
            from b in time
            select (Step)new DeleteStep(i, s, Math.Min(a, b), Math.Max(a, b));
        var deletePoints =
            from i in instance
            from measurement in Gen.Elements("temp", "hum")
            from tags in Gen.Elements(TagSets)
            from field in Gen.Elements("value", "max")
            from times in time.ListOf()
            select (Step)new DeletePointsStep(i, new SeriesKey(measurement, tags), field, [.. times.Distinct().Order()]);
        var retain = from i in instance from cutoff in time select (Step)new RetainStep(i, cutoff);
        var step = Gen.Frequency(
            (8, write),
            (2, instance.Select(i => (Step)new CompactStep(i))),
            (2, instance.Select(i => (Step)new ReadStep(i))),
            (1, instance.Select(i => (Step)new RestartStep(i))),
            (1, delete),
            (2, deletePoints),
            (1, retain)
        );
        return step.ArrayOf().ToArbitrary();
    }

    private abstract record Step(int Instance);

    private sealed record WriteStep(int Instance, Point[] Points) : Step(Instance);

    private sealed record DeleteStep(int Instance, SeriesSelector Selector, long From, long To) : Step(Instance);

    private sealed record DeletePointsStep(int Instance, SeriesKey Series, string Field, long[] Times) : Step(Instance);

    private sealed record RetainStep(int Instance, long Cutoff) : Step(Instance);

    private sealed record CompactStep(int Instance) : Step(Instance);

    private sealed record ReadStep(int Instance) : Step(Instance);

    private sealed record RestartStep(int Instance) : Step(Instance);
}
