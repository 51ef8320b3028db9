using Serverless.Domain.Limits;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Limits;

public sealed class RateWindowTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(15);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_request_in_a_window_whatever_the_instance()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var (one, two) = (new RateWindows(cloud.Store, cloud.Time), new RateWindows(cloud.Store, cloud.Time));

        Assert.Null(await one.TakeAsync("t1", "a", Window, Cancellation));
        cloud.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(10), await two.TakeAsync("t1", "a", Window, Cancellation));
        Assert.Null(await two.TakeAsync("t1", "b", Window, Cancellation));
        Assert.Null(await two.TakeAsync("t2", "a", Window, Cancellation));
        cloud.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(await two.TakeAsync("t1", "a", Window, Cancellation));
        Assert.Equal(Window, await one.TakeAsync("t1", "a", Window, Cancellation));
    }

    [Fact]
    public async Task Of_many_at_once_one_goes_on()
    {
        await using var cloud = await TestCloud.OpenAsync();
        for (var round = 0; round < 3; round++)
        {
            var answers = await Task.WhenAll(
                Enumerable
                    .Range(0, 16)
                    .Select(_ => Task.Run(() => new RateWindows(cloud.Store, cloud.Time).TakeAsync("t1", "a", Window, Cancellation)))
            );

            Assert.Equal(15, answers.Count(wait => wait == Window));
            cloud.Time.Advance(Window);
        }
    }

    [Fact]
    public async Task No_window_is_no_limit()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var windows = new RateWindows(cloud.Store, cloud.Time);
        Assert.Null(await windows.TakeAsync("t1", "a", TimeSpan.Zero, Cancellation));
        Assert.Null(await windows.TakeAsync("t1", "a", TimeSpan.Zero, Cancellation));
    }
}
