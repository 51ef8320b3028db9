using Serverless.Domain.Series;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Functions;

namespace Serverless.InfluxQL.Tests.Functions;

public sealed class SelectionTests
{
    private static readonly StageOptions Ascending = new();

    /// <summary>Of many equal values an unstable sort decides which point is shown; the times are the real server's.</summary>
    [Theory]
    [InlineData(300, 10, 0, "290=0 251=0 220=0 81=0 105=0 293=4 153=4 188=4 172=8 52=8 249=8 137=8 297=8")]
    [InlineData(1000, 7, 6, "30=0 728=0 527=0 329=0 908=2 788=2 669=2 967=5 806=5 206=6 405=6 38=6 990=6")]
    [InlineData(130, 40, 10, "71=0 108=4 87=8 10=10 50=10 42=18 36=20 60=20 59=28 86=30 105=30 14=38 129=38")]
    [InlineData(2000, 3, 0, "60=0 220=0 1812=0 540=0 700=0 1572=0 1020=0 1180=0 1340=1 2=1 680=1 1820=1 44=1")]
    public void Among_equal_values_the_real_server_s_point_is_taken(int count, int modulus, int mode, string percentiles)
    {
        long[] times = [.. Enumerable.Range(1, count).Select(n => (long)n)];
        var values = Column.Of(Array.ConvertAll(times, n => ((n * n * 7919) + (n * 31)) % modulus));
        var found = Enumerable
            .Range(0, 13)
            .Select(step => Samples.Run(Samples.Parse($"percentile(i, {3 + (step * 8)})"), times, [values], Ascending, 1)!)
            .Select(points => $"{points.Times.Span[0]}={points.Columns[0].Integers[0]}");
        Assert.Equal(percentiles, string.Join(' ', found));
        Assert.Equal(mode, Samples.Run(Samples.Parse("mode(i)"), times, [values], Ascending, 1)!.Columns[0].Integers[0]);
    }

    [Fact]
    public void Top_with_tags_takes_the_best_point_of_each_combination_and_brings_its_tags_along()
    {
        long[] times = [1, 2, 3, 4, 5];
        Column[] columns = [Column.Of(new[] { 1.0, 9, 8, 7, 7 }), Column.Of(new[] { "", "a", "a", "b", "c" })];
        var call = Samples.Parse("top(f, h, 3)");
        var reducer = FunctionFactory.Reducer(call, FieldType.Float, Ascending, ["h"])();
        var output = new PointWriter(FieldType.Float, [FieldType.String]);
        reducer.Add(new Batch(times, columns), 0, 5);
        reducer.Emit(output);
        var points = output.Take()!;
        Assert.Equal([2L, 4, 5], points.Times.ToArray());
        Assert.Equal(["a", "b", "c"], points.Columns[1].Strings.ToArray());
    }

    [Fact]
    public void A_selector_brings_along_what_stands_beside_its_point_and_starts_anew()
    {
        Column[] columns = [Column.Of(new[] { 3L, 1, 2 }), Column.Of(new[] { "x", "y", "z" }, new[] { false, true, false })];
        var batch = new Batch(new[] { 1L, 2, 3 }, columns);
        var reducer = FunctionFactory.Reducer(Samples.Parse("min(i)"), FieldType.Integer, Ascending)();
        var output = new PointWriter(FieldType.Integer, [FieldType.String]);
        reducer.Add(batch, 0, 2);
        reducer.Emit(output);
        reducer.Add(batch, 2, 3);
        reducer.Emit(output);
        var points = output.Take()!;
        Assert.Equal([1L, 2], points.Columns[0].Integers.ToArray());
        Assert.Equal([2L, 3], points.Times.ToArray());
        Assert.True(points.Columns[1].IsAbsent(0));
        Assert.Equal("z", points.Columns[1][1].Text);
    }

    [Fact]
    public void What_keeps_values_tells_how_much_it_holds()
    {
        var batch = new Batch(new long[1000], [Column.Of(new double[1000])]);
        foreach (var call in new[] { "median(f)", "percentile(f, 50)", "mode(f)", "stddev(f)" })
        {
            var reducer = FunctionFactory.Reducer(Samples.Parse(call), FieldType.Float, Ascending)();
            reducer.Add(batch, 0, 1000);
            Assert.True(reducer.Held >= 8000, call);
        }
    }

    [Fact]
    public void Of_a_sample_every_point_has_the_same_chance()
    {
        long[] times = [.. Enumerable.Range(0, 10).Select(n => (long)n)];
        var drawn = new int[10];
        for (var run = 0; run < 2000; run++)
        {
            foreach (var value in Samples.Run(Samples.Parse("sample(i, 3)"), times, [Column.Of(times)], Ascending, 1)!.Columns[0].Integers)
            {
                drawn[value]++;
            }
        }

        Assert.All(drawn, count => Assert.InRange(count, 450, 750));
    }
}
