using Serverless.Domain.Webhooks;

namespace Serverless.Domain.Tests.Webhooks;

public sealed class RetryScheduleTests
{
    private static readonly WebhookOptions Options = new();

    [Fact]
    public void The_default_is_the_published_schedule()
    {
        var delays = Enumerable.Range(1, 10).Select(attempts => RetrySchedule.DelayAfter(Options, attempts, null, 0)?.TotalSeconds);

        Assert.Equal([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400, null], delays);
    }

    [Fact]
    public void Jitter_makes_a_delay_longer_by_up_to_a_fifth()
    {
        Assert.Equal(TimeSpan.FromSeconds(5.5), RetrySchedule.DelayAfter(Options, 1, null, 0.5));
        Assert.True(RetrySchedule.DelayAfter(Options, 1, null, 0.999) < TimeSpan.FromSeconds(6));
    }

    [Theory]
    [InlineData(3, 5)] // shorter than the schedule
    [InlineData(60, 60)]
    [InlineData(200_000, 86_400)] // a day at the most
    public void An_endpoint_that_asks_for_more_time_gets_it(int retryAfter, int expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), RetrySchedule.DelayAfter(Options, 1, TimeSpan.FromSeconds(retryAfter), 0));

    [Fact]
    public void After_the_last_attempt_nothing_is_asked_for_any_more() =>
        Assert.Null(RetrySchedule.DelayAfter(Options, 10, TimeSpan.FromSeconds(1), 0));
}
