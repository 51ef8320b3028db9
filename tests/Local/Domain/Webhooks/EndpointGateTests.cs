using Serverless.Contracts;
using Serverless.Domain.Webhooks;

namespace Serverless.Local.Tests.Domain.Webhooks;

public sealed class EndpointGateTests
{
    private readonly ManualTime time = new();
    private readonly EndpointGate gate;

    public EndpointGateTests() => gate = new EndpointGate(new WebhookOptions { Concurrency = 2 }, time);

    [Fact]
    public void So_many_requests_are_under_way_and_no_more()
    {
        Assert.Null(gate.Enter());
        Assert.Null(gate.Enter());
        Assert.Equal(time.GetUtcNow().AddSeconds(1), gate.Enter());
        gate.Leave();
        Assert.Null(gate.Enter());
    }

    [Fact]
    public void After_five_failures_in_a_row_pauses_double_and_one_request_tries()
    {
        Fail(4);
        Assert.Null(Try());
        foreach (var seconds in new[] { 5, 10, 20, 40, 80, 160, 300, 300 })
        {
            Fail(1);
            Assert.Equal(time.GetUtcNow().AddSeconds(seconds), gate.Enter());
            time.Advance(TimeSpan.FromSeconds(seconds));
            Assert.Null(gate.Enter());
            Assert.NotNull(gate.Enter());
            gate.Leave();
        }

        gate.Succeed();
        Assert.Null(gate.Enter());
        Assert.Null(gate.Enter());
    }

    [Fact]
    public void A_success_in_between_begins_the_count_again()
    {
        Fail(4);
        gate.Succeed();
        Fail(4);

        Assert.Null(Try());
    }

    [Fact]
    public void One_that_is_busy_is_left_alone_at_once_for_as_long_as_it_asks()
    {
        gate.Fail(isBusy: true, TimeSpan.FromMinutes(10));

        Assert.Equal(time.GetUtcNow().AddMinutes(10), gate.Enter());
    }

    [Fact]
    public void What_one_that_is_busy_asks_for_is_obeyed_no_longer_than_the_options_say()
    {
        gate.Fail(isBusy: true, TimeSpan.FromDays(365));

        Assert.Equal(time.GetUtcNow().AddHours(24), gate.Enter());
    }

    [Fact]
    public void A_pause_is_no_longer_than_the_longest_delay_between_attempts()
    {
        var hasty = new EndpointGate(new WebhookOptions { Schedule = [TimeSpan.Zero, TimeSpan.FromSeconds(2)] }, time);
        hasty.Fail(isBusy: true, null);

        Assert.Equal(time.GetUtcNow().AddSeconds(2), hasty.Enter());
    }

    private DateTimeOffset? Try()
    {
        var later = gate.Enter();
        if (later is null)
        {
            gate.Leave();
        }

        return later;
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
        {
            gate.Fail(isBusy: false, null);
        }
    }
}
