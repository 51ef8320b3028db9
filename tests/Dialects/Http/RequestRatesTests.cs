using System.Net;
using Serverless.Contracts;
using Serverless.Dialects.Http;

namespace Serverless.Dialects.Tests.Http;

public sealed class RequestRatesTests
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Other = IPAddress.Parse("192.0.2.2");

    private readonly ManualTime time = new();
    private readonly RequestRates rates;

    public RequestRatesTests() => rates = new RequestRates(time);

    [Fact]
    public void A_second_takes_as_many_requests_as_it_may()
    {
        Assert.Equal(20, Enumerable.Range(0, 100).Count(_ => rates.TryTake("rest", One, 20)));

        time.Advance(TimeSpan.FromSeconds(0.999));
        Assert.False(rates.TryTake("rest", One, 20));

        time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal(20, Enumerable.Range(0, 100).Count(_ => rates.TryTake("rest", One, 20)));
    }

    [Fact]
    public void Addresses_and_doors_are_counted_apart()
    {
        Assert.True(rates.TryTake("rest", One, 1));
        Assert.True(rates.TryTake("rest", Other, 1));
        Assert.True(rates.TryTake("connector", One, 1));
        Assert.True(rates.TryTake("rest", null, 1));
        Assert.False(rates.TryTake("rest", One, 1));
        Assert.False(rates.TryTake("rest", Other, 1));
        Assert.False(rates.TryTake("connector", One, 1));
        Assert.False(rates.TryTake("rest", null, 1));
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", false)]
    public void A_network_of_64_bits_is_one_address(string first, string second, bool apart)
    {
        Assert.True(rates.TryTake("rest", IPAddress.Parse(first), 1));
        Assert.Equal(apart, rates.TryTake("rest", IPAddress.Parse(second), 1));
    }

    [Fact]
    public void Zero_is_no_limit()
    {
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.True(rates.TryTake("rest", One, 0)));
    }

    [Fact]
    public void A_clock_that_is_set_back_locks_nobody_out()
    {
        Assert.True(rates.TryTake("rest", One, 1));
        time.Advance(TimeSpan.FromHours(-1));
        Assert.True(rates.TryTake("rest", One, 1));
        Assert.False(rates.TryTake("rest", One, 1));
    }

    [Fact]
    public void The_table_is_bounded_and_makes_room_for_others()
    {
        var flood = Enumerable.Range(0, RequestRates.MostAddresses).Select(i => new IPAddress((uint)i));
        Assert.All(flood, address => Assert.True(rates.TryTake("rest", address, 1)));

        // Nobody is kept out for the flood of another, and those that are counted stay so.
        Assert.True(rates.TryTake("rest", IPAddress.IPv6Loopback, 1));
        Assert.True(rates.TryTake("rest", IPAddress.IPv6Loopback, 1));
        Assert.False(rates.TryTake("rest", new IPAddress(7u), 1));

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(rates.TryTake("rest", IPAddress.IPv6Loopback, 1));
        Assert.False(rates.TryTake("rest", IPAddress.IPv6Loopback, 1));
    }
}
