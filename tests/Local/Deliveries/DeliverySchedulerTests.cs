using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Domain.Webhooks;
using Serverless.Local.Deliveries;
using Serverless.Tests.Support;
using static Serverless.Tests.Support.WebhookSetup;

namespace Serverless.Local.Tests.Deliveries;

/// <summary>Deliveries come to the sender when they are due, and no endpoint keeps another one's waiting.</summary>
public sealed class DeliverySchedulerTests
{
    [Fact]
    public async Task An_endpoint_that_hangs_keeps_no_other_waiting()
    {
        await using var setup = await OpenAsync(new WebhookOptions { Concurrency = 2 });
        var slow = await setup.AddAsync(new NewWebhook { Url = "https://slow.example/", Types = ["slow"] });
        var fast = await setup.AddAsync(new NewWebhook { Url = "https://fast.example/", Types = ["fast"] });
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hanging = new SemaphoreSlim(0);
        var arrived = 0;
        setup.Answer = async (sent, cancellation) =>
        {
            if (sent.Url.Host == "slow.example")
            {
                hanging.Release();
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            }
            else if (Interlocked.Increment(ref arrived) == 20)
            {
                all.SetResult();
            }

            return new HttpResponseMessage(HttpStatusCode.OK);
        };
        for (var i = 0; i < 20; i++)
        {
            await setup.FanOut.HandleAsync(Event($"slow-{i}", "slow"), Cancellation);
        }

        for (var i = 0; i < 20; i++)
        {
            await setup.FanOut.HandleAsync(Event($"fast-{i}", "fast"), Cancellation);
        }

        await using var run = new Run(setup);
        foreach (var (delivery, due) in setup.Queue.Queued)
        {
            await run.Scheduler.EnqueueAsync(delivery, due, Cancellation);
        }

        await all.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await hanging.WaitAsync(Cancellation);
        await hanging.WaitAsync(Cancellation);
        Assert.Equal(2, setup.Requests.Count(sent => sent.Url.Host == "slow.example"));
    }

    [Fact]
    public async Task What_fails_comes_again_when_it_is_due_and_what_is_queued_twice_comes_once()
    {
        await using var setup = await OpenAsync();
        var delivery = await setup.FanOutAsync(await setup.AddAsync());
        var answers = new SemaphoreSlim(0);
        setup.Answer = (_, _) =>
        {
            answers.Release();
            return Task.FromResult(new HttpResponseMessage(setup.Requests.Count == 1 ? HttpStatusCode.NotFound : HttpStatusCode.OK));
        };
        await using var run = new Run(setup);
        await run.Scheduler.EnqueueAsync(delivery, setup.Time.GetUtcNow().AddMinutes(1), Cancellation);
        await run.Scheduler.EnqueueAsync(delivery, setup.Time.GetUtcNow(), Cancellation);
        await run.Scheduler.EnqueueAsync(delivery, setup.Time.GetUtcNow(), Cancellation);
        Assert.True(await answers.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));

        while ((await setup.DeliveryAsync(delivery)).State == DeliveryState.Pending)
        {
            setup.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(2, setup.Requests.Count);
    }

    private sealed class Run : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly Task running;

        public Run(WebhookSetup setup)
        {
            Scheduler = new DeliveryScheduler(setup.Sender, setup.Options, setup.Time, NullLogger<DeliveryScheduler>.Instance);
            running = Task.Run(() => Scheduler.RunAsync(stop.Token));
        }

        public DeliveryScheduler Scheduler { get; }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await running.WaitAsync(TimeSpan.FromSeconds(30));
            stop.Dispose();
        }
    }
}
