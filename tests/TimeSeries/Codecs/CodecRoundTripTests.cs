using FsCheck;
using FsCheck.Fluent;
using Serverless.TimeSeries.Codecs;

namespace Serverless.TimeSeries.Tests.Codecs;

public sealed class CodecRoundTripTests
{
    private static readonly Config Config = Config.QuickThrowOnFailure.WithMaxTest(300);

    [Fact]
    public void Integers_come_back() => Prop.ForAll(Numbers(), values => Assert.Equal(values, RoundTrip.Integers(values))).Check(Config);

    [Fact]
    public void Scaled_integers_come_back() =>
        Prop.ForAll(
                Numbers(),
                values =>
                {
                    var scaled = Array.ConvertAll(values, value => value % 1_000_000 * 1_000_000);
                    Assert.Equal(scaled, RoundTrip.Integers(scaled));
                }
            )
            .Check(Config);

    [Fact]
    public void Floats_come_back_bit_for_bit() =>
        Prop.ForAll(Floats(), values => Assert.Equal(Bits(values), Bits(RoundTrip.Floats(values)))).Check(Config);

    [Fact]
    public void Booleans_come_back() =>
        Prop.ForAll(
                ArbMap.Default.GeneratorFor<bool[]>().Resize(500).ToArbitrary(),
                values => Assert.Equal(values, RoundTrip.Booleans(values))
            )
            .Check(Config);

    [Fact]
    public void Strings_come_back() =>
        Prop.ForAll(Strings(), values => Assert.Equal(values, RoundTrip.Strings(values, thorough: values.Length % 2 == 0))).Check(Config);

    [Theory]
    [InlineData(new long[0])]
    [InlineData(new[] { long.MinValue })]
    [InlineData(new[] { long.MinValue, long.MaxValue })]
    [InlineData(new[] { long.MinValue, 0, long.MaxValue, -1, 1, long.MinValue })]
    [InlineData(new[] { 0L, long.MinValue, 0, long.MinValue, 5 })]
    public void Integers_at_the_ends_of_their_range_come_back(long[] values) => Assert.Equal(values, RoundTrip.Integers(values));

    [Theory]
    [InlineData(new[] { 0.0, -0.0, 1.5 })]
    [InlineData(new[] { double.NaN, 1.5, double.PositiveInfinity, double.NegativeInfinity, 2.5, 3.5, 4.5, 5.5 })]
    [InlineData(new[] { double.Epsilon, double.MaxValue, double.MinValue, 1e-300 })]
    [InlineData(new[] { 9007199254740993.0, 0.1, 0.30000000000000004 })]
    public void Floats_that_are_no_short_decimals_come_back(double[] values) => Assert.Equal(Bits(values), Bits(RoundTrip.Floats(values)));

    [Fact]
    public void Every_width_comes_back()
    {
        for (var width = 0; width <= 64; width++)
        {
            var random = new Random(width);
            var mask = width == 0 ? 0 : ulong.MaxValue >> (64 - width);
            var values = Enumerable
                .Range(0, 300)
                .Select(_ => (long)((ulong)random.NextInt64(long.MinValue, long.MaxValue) & mask))
                .ToArray();
            Assert.Equal(values, RoundTrip.Integers(values));
        }
    }

    private static long[] Bits(double[] values) => Array.ConvertAll(values, BitConverter.DoubleToInt64Bits);

    private static Arbitrary<long[]> Numbers()
    {
        var any = Gen.Choose(0, 63).SelectMany(bits => ArbMap.Default.GeneratorFor<DoNotSize<long>>().Select(value => value.Item >> bits));
        var steps = any.Resize(400)
            .ArrayOf()
            .Select(values =>
            {
                for (var i = 1; i < values.Length; i++)
                {
                    values[i] = values[i - 1] + (values[i] >> 40);
                }

                return values;
            });
        return Gen.OneOf(any.ArrayOf(), steps).Resize(400).ToArbitrary();
    }

    private static Arbitrary<double[]> Floats()
    {
        var decimals = from digits in Gen.Choose(-1_000_000, 1_000_000) from scale in Gen.Choose(0, 9) select digits / Math.Pow(10, scale);
        var bits = ArbMap.Default.GeneratorFor<DoNotSize<long>>().Select(value => BitConverter.Int64BitsToDouble(value.Item));
        var singles = ArbMap.Default.GeneratorFor<int>().Select(value => (double)(value / 7f));
        return Gen.OneOf(
                decimals.ArrayOf(),
                bits.ArrayOf(),
                singles.ArrayOf(),
                Gen.Frequency((9, decimals), (1, bits), (1, Gen.Constant(-0.0))).ArrayOf()
            )
            .Resize(400)
            .ToArbitrary();
    }

    private static Arbitrary<string[]> Strings()
    {
        var few = Gen.Elements("on", "off", "", "änderung");
        var many = Gen.Choose(0, 100_000).Select(i => $"{{\"temp\":{i / 100.0},\"unit\":\"°C\"}}");
        return Gen.OneOf(few.ArrayOf(), many.ArrayOf(), Gen.OneOf(few, many).ArrayOf()).Resize(300).ToArbitrary();
    }
}
