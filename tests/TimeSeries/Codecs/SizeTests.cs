using Serverless.Domain.Series;
using Serverless.TimeSeries.Codecs;
using Serverless.TimeSeries.Runs;

namespace Serverless.TimeSeries.Tests.Codecs;

public sealed class SizeTests
{
    private const int Count = 4096;
    private const long Second = 1_000_000_000;

    private readonly Random random = new(20_260_101);

    [Fact]
    public void A_random_walk_of_two_decimals_takes_at_most_1_10_bytes_a_value()
    {
        var at = 2150;
        Assert.InRange(Floats(() => (at += random.Next(-100, 101)) / 100.0), 0, 1.10);
    }

    [Fact]
    public void Small_integers_take_at_most_0_40_bytes_a_value() => Assert.InRange(Integers(_ => random.Next(8)), 0, 0.40);

    [Fact]
    public void Doubles_of_full_precision_take_about_7_bytes_a_value()
    {
        var at = 21.5;
        Assert.InRange(Floats(() => at += random.NextDouble() - 0.5), 0, 7.0);
    }

    [Fact]
    public void Widened_singles_take_at_most_4_bytes_a_value()
    {
        var at = 21.5f;
        Assert.InRange(Floats(() => at += random.NextSingle() - 0.5f), 0, 4);
    }

    [Fact]
    public void Regular_times_take_at_most_0_03_bytes_a_value() => Assert.InRange(Integers(i => i * 10 * Second), 0, 0.03);

    [Fact]
    public void Regular_times_with_gaps_take_at_most_0_10_bytes_a_value()
    {
        var at = 0L;
        Assert.InRange(Integers(_ => at += random.Next(200) == 0 ? 3600 * Second : 10 * Second), 0, 0.10);
    }

    [Fact]
    public void Times_of_whole_milliseconds_with_jitter_take_at_most_1_bytes_a_value() =>
        Assert.InRange(Integers(i => (i * 10 * Second) + (random.Next(100) * 1_000_000)), 0, 1.05);

    [Fact]
    public void A_counter_takes_at_most_one_byte_a_value()
    {
        var at = 1_000_000L;
        Assert.InRange(Integers(i => at = i % 1500 == 0 ? 0 : at + random.Next(100, 200)), 0, 1.0);
    }

    [Fact]
    public void Booleans_take_a_bit_and_less_where_they_rarely_change()
    {
        Assert.InRange(Size(writer => BooleanCodec.Encode(writer, Values(_ => random.Next(2) == 0))), 0, 0.126);
        Assert.InRange(Size(writer => BooleanCodec.Encode(writer, Values(i => i / 500 % 2 == 0))), 0, 0.01);
    }

    [Fact]
    public void Words_of_a_few_take_their_index()
    {
        string[] words = ["idle", "running", "fault", "maintenance"];
        Assert.InRange(Size(writer => StringCodec.Encode(writer, Values(_ => words[random.Next(4)]), thorough: true)), 0, 0.30);
    }

    [Fact]
    public void A_batch_of_1000_messages_of_5_values_takes_at_most_110_kilobytes()
    {
        var points = new List<Point>();
        for (var i = 0; i < 1000; i++)
        {
            var tags = TagSet.Of("uuid", new Guid(random.Next(), 1, 2, [.. BitConverter.GetBytes(random.NextInt64())]).ToString());
            var time = (1_700_000_000 * Second) + (random.Next(60_000) * 1_000_000L);
            string[] measurements = ["temperature", "humidity", "pressure", "battery", "rssi"];
            points.AddRange(
                measurements.Select((name, n) => new Point(name, tags, "value", time, FieldValue.Of(random.Next(10_000) / (n + 1) / 100.0)))
            );
        }

        var writer = new ByteWriter();
        RunCodec.Encode(writer, PointGrouper.Group(points, 0, points.Count));
        Assert.InRange(writer.Length, 1, 110_000);
    }

    private static double Floats(Func<double> next) => Size(writer => FloatCodec.Encode(writer, Values(_ => next())));

    private static double Integers(Func<int, long> next) => Size(writer => IntegerCodec.Encode(writer, Values(next)));

    private static T[] Values<T>(Func<int, T> next) => [.. Enumerable.Range(0, Count).Select(next)];

    private static double Size(Action<ByteWriter> encode)
    {
        var writer = new ByteWriter();
        encode(writer);
        TestContext.Current.TestOutputHelper?.WriteLine($"{(double)writer.Length / Count:F3} B/value");
        return (double)writer.Length / Count;
    }
}
