using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;
using Serverless.Domain.Limits;
using Serverless.Domain.Webhooks.Network;

namespace Serverless.Domain.Webhooks;

/// <summary>
/// Makes one attempt of a delivery, where it is due. It may run for the same delivery on several instances at once: an attempt is claimed under the delivery's entity tag for the time that it may take,
/// and is made again where nothing was heard of it by then, with the same id.
/// </summary>
public sealed class DeliverySender(
    WebhookDirectory webhooks,
    DeliveryDirectory deliveries,
    WebhookClient client,
    EndpointGates gates,
    RateWindows rates,
    IReadOnlyList<IWebhookForm> forms,
    WebhookOptions options,
    TimeProvider time
)
{
    private static readonly TimeSpan PendingPause = TimeSpan.FromMinutes(1);

    // A longer wait is written down: nobody then takes the delivery for forgotten.
    private static readonly TimeSpan ShortWait = TimeSpan.FromSeconds(30);

    /// <summary>Told of each attempt of this process that has ended.</summary>
    public event Action<DeliveryRef, DeliveryAttempt>? Attempted;

    /// <summary>Told of each delivery that this process gives up, with the reason.</summary>
    public event Action<DeliveryRef, string>? GivenUp;

    /// <summary>Makes an attempt, where there is one to be made now.</summary>
    /// <returns>When to call again, or null where the delivery has ended.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot answer: call again later.</exception>
    public async Task<DateTimeOffset?> SendAsync(DeliveryRef delivery, CancellationToken cancellation)
    {
        var gate = gates.Of(delivery.Tenant, delivery.Webhook);
        if (gate.Enter() is { } later)
        {
            return await PostponeAsync(delivery, later, cancellation);
        }

        try
        {
            return await SendAsync(delivery, gate, cancellation);
        }
        finally
        {
            gate.Leave();
        }
    }

    private async Task<DateTimeOffset?> SendAsync(DeliveryRef delivery, EndpointGate gate, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (
            await deliveries.FindAsync(delivery.Tenant, delivery.Id, cancellation) is not { Value.State: DeliveryState.Pending } read
            || read.Value.Webhook != delivery.Webhook
        )
        {
            return null;
        }

        if (read.Value.DueAt is var due && due > now)
        {
            // Who has moved it there has queued it for then. Only an attempt that died leaves nobody: it is looked after when its lease ends.
            return due - now <= options.Lease ? due : null;
        }

        if ((await webhooks.FindAsync(delivery.Tenant, delivery.Webhook, cancellation))?.Value is not { } webhook)
        {
            await deliveries.RemoveAsync(delivery.Tenant, delivery.Id, cancellation);
            return null;
        }

        if (await HoldAsync(delivery, read, webhook, now, cancellation) is var (isHeld, until) && isHeld)
        {
            return until is null ? null : await PostponeAsync(delivery, until.Value, cancellation);
        }

        var form = forms.First(form => form.Name == webhook.Form);
        if (form.Write(EventOf(read.Value)) is not { } body)
        {
            await GiveUpAsync(delivery, read, $"The form {form.Name} has no body for events of this type.", cancellation);
            return null;
        }

        if (await deliveries.ClaimAsync(delivery.Tenant, read, cancellation) is not { } claimed)
        {
            return null;
        }

        var answer = await client.SendAsync(webhook, Request(webhook, form, claimed.Value, body), false, cancellation);
        return await ConcludeAsync(delivery, webhook, claimed, answer, gate, cancellation);
    }

    /// <summary>Leaves a delivery alone until a time.</summary>
    /// <returns>The time, or null where the delivery has ended or somebody else looks after it.</returns>
    private async Task<DateTimeOffset?> PostponeAsync(DeliveryRef delivery, DateTimeOffset until, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (until - now <= ShortWait)
        {
            return until;
        }

        if (await deliveries.FindAsync(delivery.Tenant, delivery.Id, cancellation) is not { } read)
        {
            return null;
        }

        var isOurs = false;
        await deliveries.UpdateAsync(
            delivery.Tenant,
            read,
            known =>
            {
                isOurs = known.State == DeliveryState.Pending && known.DueAt <= now;
                return isOurs ? known with { Due = until.ToUnixTimeMilliseconds() } : known;
            },
            cancellation
        );
        return isOurs ? until : null;
    }

    /// <summary>Whether a delivery must not be sent now, and until when, or null where it never will.</summary>
    private async Task<(bool IsHeld, DateTimeOffset? Until)> HoldAsync(
        DeliveryRef delivery,
        Stored<Delivery> read,
        Webhook webhook,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var reason =
            webhook.State == WebhookState.Disabled ? $"The webhook is disabled. {webhook.Reason}".TrimEnd()
            : now >= read.Value.Deadline ? "Its time has run out."
            : null;
        if (reason is not null)
        {
            await GiveUpAsync(delivery, read, reason, cancellation);
            return (true, null);
        }

        if (webhook.State == WebhookState.PendingValidation)
        {
            return (true, now + PendingPause);
        }

        if (webhook.AllowedRate is { } perMinute)
        {
            var window = TimeSpan.FromMinutes(1) / perMinute;
            var wait = await rates.TakeAsync(delivery.Tenant, $"webhook-{webhook.Id}", window, cancellation);
            return (wait is not null, now + wait);
        }

        return (false, null);
    }

    private HttpRequestMessage Request(Webhook webhook, IWebhookForm form, Delivery delivery, byte[] body)
    {
        var now = time.GetUtcNow();
        var timestamp = now.ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, (Uri?)null) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(form.ContentType);
        request.Headers.TryAddWithoutValidation("webhook-id", delivery.Id);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation(
            "webhook-signature",
            WebhookSecrets.Sign(webhook.SecretsAt(now), delivery.Id, timestamp, body)
        );
        return request;
    }

    private async Task<DateTimeOffset?> ConcludeAsync(
        DeliveryRef delivery,
        Webhook webhook,
        Stored<Delivery> claimed,
        WebhookAnswer answer,
        EndpointGate gate,
        CancellationToken cancellation
    )
    {
        var begun = claimed.Value.History[^1];
        var attempt = begun with
        {
            Status = answer.Status,
            Milliseconds = (long)answer.Elapsed.TotalMilliseconds,
            Failure = answer.IsSuccess ? null : answer.Failure ?? $"The endpoint answered {answer.Status}.",
        };
        if (answer.IsSuccess)
        {
            gate.Succeed();
        }
        else
        {
            gate.Fail(IsBusy(answer), answer.RetryAfter);
        }

        Attempted?.Invoke(delivery, attempt);
        if (answer.Status == (int)HttpStatusCode.Gone)
        {
            await webhooks.DisableAsync(delivery.Tenant, delivery.Webhook, "The endpoint answered 410: it is gone.", cancellation);
        }

        var now = time.GetUtcNow();
        var end = answer.IsSuccess ? null : EndOf(answer);
        var retryIn =
            answer.IsSuccess || end is not null
                ? null
                : RetrySchedule.DelayAfter(options, claimed.Value.Attempts, answer.RetryAfter, Random.Shared.NextDouble());
        var gaveUp = false;
        var stored = await deliveries.UpdateAsync(
            delivery.Tenant,
            claimed,
            known =>
            {
                // Whoever has taken it over since, because this attempt took longer than its lease, decides; but delivered is delivered.
                var recorded = known.Record(attempt, now);
                gaveUp = false;
                if (known.State != DeliveryState.Pending)
                {
                    return answer.IsSuccess ? recorded.End() : recorded;
                }

                if (answer.IsSuccess)
                {
                    return recorded.End();
                }

                if (known.History[^1].Number != attempt.Number)
                {
                    return recorded;
                }

                gaveUp = retryIn is null || now + retryIn >= known.Deadline;
                return gaveUp
                    ? recorded.GiveUp(end ?? (retryIn is null ? "The last attempt failed." : "Its time has run out."), now)
                    : recorded with
                    {
                        Due = (now + retryIn!.Value).ToUnixTimeMilliseconds(),
                    };
            },
            cancellation
        );
        await webhooks.NoteAsync(delivery.Tenant, webhook, answer.IsSuccess, cancellation);
        if (gaveUp)
        {
            GivenUp?.Invoke(delivery, stored?.Reason ?? "");
        }

        return stored is { State: DeliveryState.Pending } ? stored.DueAt : null;
    }

    /// <summary>Why no further attempt can help, or null.</summary>
    private static string? EndOf(WebhookAnswer answer) =>
        answer.Status switch
        {
            410 => "The endpoint answered 410: it is gone.",
            400 or 413 or 415 => $"The endpoint answered {answer.Status}: it does not take this event.",
            _ when answer.IsRefused => "The address may not be called.",
            _ => null,
        };

    private async Task GiveUpAsync(DeliveryRef delivery, Stored<Delivery> read, string reason, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await deliveries.UpdateAsync(
            delivery.Tenant,
            read,
            known => known.State == DeliveryState.Pending ? known.GiveUp(reason, now) : known,
            cancellation
        );
        GivenUp?.Invoke(delivery, reason);
    }

    private static CloudEvent EventOf(Delivery delivery)
    {
        using var json = System.Text.Json.JsonDocument.Parse(delivery.Event!.ToJsonString());
        return CloudEventJson.Read(json.RootElement);
    }

    /// <summary>Whether an answer says that there is too much, and means every request: 503 does so where it says until when (RFC 9110, section 15.6.4).</summary>
    private static bool IsBusy(WebhookAnswer answer) =>
        answer.Status is 429 or 502 or 504 || answer is { Status: 503, RetryAfter: not null };
}
