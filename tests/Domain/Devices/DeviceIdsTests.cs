using Serverless.Domain.Devices;

namespace Serverless.Domain.Tests.Devices;

public sealed class DeviceIdsTests
{
    [Fact]
    public async Task Ids_grow_and_are_never_given_twice_by_any_thread()
    {
        var ids = new DeviceIds(new Stopped(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)));

        var all = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 2000).Select(_ => long.Parse(ids.Next())).ToArray()))
        );

        Assert.Equal(8000, all.SelectMany(some => some).Distinct().Count());
        Assert.All(all, some => Assert.Equal(some.Order(), some));
    }

    [Fact]
    public void An_id_is_exact_as_a_number_for_decades()
    {
        var ids = new DeviceIds(new Stopped(new DateTimeOffset(2060, 1, 1, 0, 0, 0, TimeSpan.Zero)));

        Assert.InRange(long.Parse(ids.Next()), 1, 1L << 53);
    }

    private sealed class Stopped(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
