using Serverless.TimeSeries.Codecs;

namespace Serverless.TimeSeries.Tests.Codecs;

public sealed class ExactDivisorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(1L << 40)]
    [InlineData(10_000_000_000)]
    [InlineData(long.MaxValue)]
    public void It_divides_as_division_does(long divisor)
    {
        var random = new Random(7);
        var exact = new ExactDivisor((ulong)divisor);
        for (var i = 0; i < 1000; i++)
        {
            var quotient = random.NextInt64(-(long.MaxValue / divisor), long.MaxValue / divisor);
            long[] values = [quotient * divisor];
            exact.Divide(values);
            Assert.Equal(quotient, values[0]);

            var any = (ulong)random.NextInt64(long.MaxValue);
            Assert.Equal(any % (ulong)divisor == 0, exact.Divides(any));
            Assert.True(exact.Divides((ulong)Math.Abs(quotient * divisor)));
        }
    }
}
