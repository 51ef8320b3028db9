using System.Net;
using System.Net.Http.Headers;
using Serverless.Domain.Webhooks;
using Serverless.Tests.Support;
using static Serverless.Tests.Support.WebhookSetup;

namespace Serverless.Local.Tests.Domain.Webhooks;

/// <summary>Attempts of a delivery: when they are made, what comes of them, and who makes them.</summary>
public sealed class DeliverySenderTests
{
    [Fact]
    public async Task Every_attempt_is_the_same_message_with_a_timestamp_and_signature_of_its_own()
    {
        await using var setup = await OpenAsync();
        var webhook = await setup.AddAsync();
        var delivery = await setup.FanOutAsync(webhook);
        setup.Plan(HttpStatusCode.InternalServerError, HttpStatusCode.OK);

        var again = await setup.Sender.SendAsync(delivery, Cancellation);
        Assert.Equal(setup.Time.GetUtcNow().AddSeconds(5), again);
        Assert.Equal(again, await setup.Sender.SendAsync(delivery, Cancellation));
        setup.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(await setup.Sender.SendAsync(delivery, Cancellation));

        Assert.Equal(2, setup.Requests.Count);
        var (first, second) = (setup.Requests[0], setup.Requests[1]);
        Assert.Equal((first.Id, first.Body), (second.Id, second.Body));
        Assert.Equal(5, long.Parse(second.Headers["webhook-timestamp"]) - long.Parse(first.Headers["webhook-timestamp"]));
        var body = System.Text.Encoding.UTF8.GetBytes(second.Body);
        var timestamp = long.Parse(second.Headers["webhook-timestamp"]);
        Assert.Equal(WebhookSecrets.Sign([webhook.Secrets[0].Value], second.Id, timestamp, body), second.Headers["webhook-signature"]);
        Assert.Equal("localhost", second.Headers["WebHook-Request-Origin"]);
        var ended = await setup.DeliveryAsync(delivery);
        Assert.Equal((DeliveryState.Delivered, null), (ended.State, ended.Event));
        Assert.Equal([500, 200], ended.History.Select(attempt => attempt.Status));
    }

    [Fact]
    public async Task The_whole_schedule_is_gone_through_before_a_delivery_is_a_dead_letter()
    {
        await using var setup = await OpenAsync();
        var delivery = await setup.FanOutAsync(await setup.AddAsync());
        setup.Plan(HttpStatusCode.ServiceUnavailable);
        var delays = new List<double>();

        for (var attempt = 1; attempt <= 10; attempt++)
        {
            // A gate that was closed in between may postpone an attempt: it is asked again when it says.
            var again = await setup.Sender.SendAsync(delivery, Cancellation);
            while (again is not null && setup.Requests.Count < attempt)
            {
                setup.Time.Advance(again.Value - setup.Time.GetUtcNow());
                again = await setup.Sender.SendAsync(delivery, Cancellation);
            }

            if (again is not null)
            {
                delays.Add((again.Value - setup.Time.GetUtcNow()).TotalSeconds);
                setup.Time.Advance(again.Value - setup.Time.GetUtcNow());
            }
        }

        Assert.Equal([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400], delays);
        var letter = await setup.DeliveryAsync(delivery);
        Assert.Equal((DeliveryState.DeadLetter, "The last attempt failed.", 10), (letter.State, letter.Reason, letter.History.Count));
        Assert.NotNull(letter.Event);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(413)]
    [InlineData(415)]
    public async Task What_an_endpoint_will_never_take_is_a_dead_letter_at_once(int status)
    {
        await using var setup = await OpenAsync();
        var webhook = await setup.AddAsync();
        var delivery = await setup.FanOutAsync(webhook);
        setup.Plan((HttpStatusCode)status);

        Assert.Null(await setup.Sender.SendAsync(delivery, Cancellation));

        Assert.Equal(DeliveryState.DeadLetter, (await setup.DeliveryAsync(delivery)).State);
        Assert.Equal(WebhookState.Enabled, (await setup.Webhooks.GetAsync(TestCloud.Tenant, webhook.Id, Cancellation)).Value.State);
    }

    [Fact]
    public async Task Gone_disables_the_webhook_and_what_waits_for_it_becomes_dead_letters()
    {
        await using var setup = await OpenAsync();
        var webhook = await setup.AddAsync();
        var first = await setup.FanOutAsync(webhook, "1");
        var second = await setup.FanOutAsync(webhook, "2");
        setup.Plan(HttpStatusCode.Gone);

        Assert.Null(await setup.Sender.SendAsync(first, Cancellation));
        setup.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await setup.Sender.SendAsync(second, Cancellation));

        Assert.Single(setup.Requests);
        Assert.Equal(WebhookState.Disabled, (await setup.Webhooks.GetAsync(TestCloud.Tenant, webhook.Id, Cancellation)).Value.State);
        Assert.Equal(DeliveryState.DeadLetter, (await setup.DeliveryAsync(first)).State);
        Assert.StartsWith("The webhook is disabled.", (await setup.DeliveryAsync(second)).Reason, StringComparison.Ordinal);
        await setup.FanOut.HandleAsync(Event("3"), Cancellation);
        Assert.Equal(2, setup.Queue.Queued.Count);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Retry_after_is_obeyed(int status)
    {
        await using var setup = await OpenAsync();
        var delivery = await setup.FanOutAsync(await setup.AddAsync());
        setup.Answer = (_, _) =>
            Task.FromResult(
                new HttpResponseMessage((HttpStatusCode)status)
                {
                    Headers = { RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(90)) },
                }
            );

        Assert.Equal(setup.Time.GetUtcNow().AddSeconds(90), await setup.Sender.SendAsync(delivery, Cancellation));
    }

    [Fact]
    public async Task A_busy_endpoint_gets_nothing_of_another_delivery_either_and_another_endpoint_does()
    {
        await using var setup = await OpenAsync();
        var busy = await setup.AddAsync();
        var other = await setup.AddAsync(new NewWebhook { Url = "https://example.com/other" });
        var (first, second) = (await setup.FanOutAsync(busy, "1"), await setup.FanOutAsync(busy, "2"));
        var free = setup.Queue.Queued.First(queued => queued.Delivery.Webhook == other.Id).Delivery;
        setup.Answer = (sent, _) =>
            Task.FromResult(new HttpResponseMessage(sent.Url.AbsolutePath == "/" ? HttpStatusCode.TooManyRequests : HttpStatusCode.OK));

        await setup.Sender.SendAsync(first, Cancellation);
        var later = await setup.Sender.SendAsync(second, Cancellation);

        Assert.Equal(setup.Time.GetUtcNow().AddSeconds(5), later);
        Assert.Null(await setup.Sender.SendAsync(free, Cancellation));
        Assert.Equal(2, setup.Requests.Count);
        Assert.Empty((await setup.DeliveryAsync(second)).History);
    }

    [Theory]
    [InlineData(true, 60)]
    [InlineData(false, null)]
    public async Task An_endpoint_that_says_until_when_it_is_away_is_left_alone_until_then(bool saysWhen, int? seconds)
    {
        await using var setup = await OpenAsync();
        var webhook = await setup.AddAsync();
        var (first, second) = (await setup.FanOutAsync(webhook, "1"), await setup.FanOutAsync(webhook, "2"));
        setup.Answer = (_, _) =>
        {
            var away = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
            away.Headers.RetryAfter = saysWhen ? new RetryConditionHeaderValue(TimeSpan.FromSeconds(60)) : null;
            return Task.FromResult(away);
        };

        await setup.Sender.SendAsync(first, Cancellation);
        var later = await setup.Sender.SendAsync(second, Cancellation);

        Assert.Equal(setup.Time.GetUtcNow().AddSeconds(seconds ?? 5), later);
        Assert.Equal(seconds is null ? 2 : 1, setup.Requests.Count);
    }

    [Fact]
    public async Task An_attempt_is_made_by_one_instance_of_many()
    {
        await using var setup = await OpenAsync();
        var webhook = await setup.AddAsync();
        var delivery = await setup.FanOutAsync(webhook);
        var senders = Enumerable.Range(0, 8).Select(_ => setup.NewSender()).ToList();

        await Task.WhenAll(senders.Select(sender => Task.Run(() => sender.SendAsync(delivery, Cancellation))));

        Assert.Single(setup.Requests);
        Assert.Equal(DeliveryState.Delivered, (await setup.DeliveryAsync(delivery)).State);
    }

    [Fact]
    public async Task An_attempt_that_died_is_made_again_when_its_lease_ends_and_the_log_says_that_nobody_knows()
    {
        await using var setup = await OpenAsync();
        var delivery = await setup.FanOutAsync(await setup.AddAsync());
        using var kill = new CancellationTokenSource();
        setup.Answer = async (_, cancellation) =>
        {
            await kill.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            throw new InvalidOperationException("The delay was cancelled.");
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => setup.Sender.SendAsync(delivery, kill.Token));

        setup.Plan(HttpStatusCode.OK);
        var due = setup.Time.GetUtcNow() + setup.Options.Lease;
        Assert.Equal(due, await setup.NewSender().SendAsync(delivery, Cancellation));
        setup.Time.Advance(setup.Options.Lease);
        Assert.Null(await setup.NewSender().SendAsync(delivery, Cancellation));

        var ended = await setup.DeliveryAsync(delivery);
        Assert.Equal((null, null), (ended.History[0].Status, ended.History[0].Failure));
        Assert.Equal((2, 200), (ended.History[1].Number, ended.History[1].Status!.Value));
        Assert.Equal(setup.Requests[0].Id, setup.Requests[1].Id);
    }

    [Fact]
    public async Task An_endpoint_that_hangs_is_left_after_the_timeout()
    {
        await using var setup = await OpenAsync();
        var delivery = await setup.FanOutAsync(await setup.AddAsync());
        setup.Answer = async (_, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            throw new InvalidOperationException("The delay was cancelled.");
        };

        var sending = setup.Sender.SendAsync(delivery, Cancellation);
        await setup.Time.TimerSetAsync();
        setup.Time.Advance(setup.Options.Timeout);

        Assert.Equal(setup.Time.GetUtcNow().AddSeconds(5), await sending);
        Assert.Equal("No answer within 20 s.", (await setup.DeliveryAsync(delivery)).History[0].Failure);
    }

    [Fact]
    public async Task What_an_endpoint_asked_for_as_its_rate_is_kept()
    {
        await using var setup = await OpenAsync();
        var webhook = await setup.AddAsync(new NewWebhook { Url = "https://example.com/?10" });
        var (first, second) = (await setup.FanOutAsync(webhook, "1"), await setup.FanOutAsync(webhook, "2"));

        Assert.Equal(10, webhook.AllowedRate);
        Assert.Null(await setup.Sender.SendAsync(first, Cancellation));
        Assert.Equal(setup.Time.GetUtcNow().AddSeconds(6), await setup.NewSender().SendAsync(second, Cancellation));
        setup.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Null(await setup.Sender.SendAsync(second, Cancellation));
    }

    [Fact]
    public async Task A_dead_letter_that_is_replayed_begins_the_schedule_again()
    {
        await using var setup = await OpenAsync(new WebhookOptions { Jitter = 0, Schedule = [TimeSpan.Zero] });
        var delivery = await setup.FanOutAsync(await setup.AddAsync());
        setup.Plan(HttpStatusCode.InternalServerError, HttpStatusCode.OK);
        Assert.Null(await setup.Sender.SendAsync(delivery, Cancellation));
        Assert.Null(await setup.Sender.SendAsync(delivery, Cancellation));

        var letter = (await setup.Deliveries.FindAsync(delivery.Tenant, delivery.Id, Cancellation))!;
        await setup.Deliveries.ReplayAsync(delivery.Tenant, letter, Cancellation);
        Assert.Null(await setup.Sender.SendAsync(delivery, Cancellation));

        var ended = await setup.DeliveryAsync(delivery);
        Assert.Equal((DeliveryState.Delivered, 2, 1), (ended.State, ended.History.Count, ended.Attempts));
        Assert.Equal(setup.Requests[0].Id, setup.Requests[1].Id);
    }

    [Fact]
    public async Task What_is_too_old_is_given_up_though_it_was_never_tried()
    {
        await using var setup = await OpenAsync();
        var delivery = await setup.FanOutAsync(await setup.AddAsync());
        setup.Time.Advance(setup.Options.Lifetime);

        Assert.Null(await setup.Sender.SendAsync(delivery, Cancellation));

        Assert.Equal("Its time has run out.", (await setup.DeliveryAsync(delivery)).Reason);
        Assert.Empty(setup.Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_nudge_that_names_another_webhook_moves_nothing(bool isThere)
    {
        await using var setup = await OpenAsync();
        var delivery = await setup.FanOutAsync(await setup.AddAsync());
        var other = isThere ? (await setup.AddAsync()).Id : "none";

        Assert.Null(await setup.Sender.SendAsync(delivery with { Webhook = other }, Cancellation));

        Assert.Empty(setup.Requests);
        Assert.Equal(DeliveryState.Pending, (await setup.DeliveryAsync(delivery)).State);
    }

    [Fact]
    public async Task What_was_on_its_way_to_a_deleted_webhook_is_forgotten()
    {
        await using var setup = await OpenAsync();
        var webhook = await setup.AddAsync();
        var delivery = await setup.FanOutAsync(webhook);
        await setup.Webhooks.DeleteAsync(TestCloud.Tenant, webhook.Id, null, Cancellation);

        Assert.Null(await setup.Sender.SendAsync(delivery, Cancellation));

        Assert.Null(await setup.Deliveries.FindAsync(delivery.Tenant, delivery.Id, Cancellation));
        Assert.Empty(setup.Requests);
    }
}
