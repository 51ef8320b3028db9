using System.Text.Json.Nodes;
using Serverless.Dialects.Management.Routing;
using Serverless.Dialects.Management.Schemas;
using Serverless.Domain.Documents;
using Serverless.Domain.Rules;
using Serverless.Domain.Webhooks;
using static Serverless.Dialects.Management.Schemas.Schema;

namespace Serverless.Dialects.Management.Resources;

/// <summary>What was sent to a webhook, and what came of it; answers' bodies are not kept. A dead letter can be replayed.</summary>
internal sealed class WebhookDeliveryRoutes(
    WebhookDirectory webhooks,
    DeliveryDirectory deliveries,
    WebhookFanOut fanOut,
    IDeliveryQueue queue,
    RuleDirectory rules,
    TimeProvider time
)
{
    private const string Deliveries = $"{WebhookRoutes.Item}/deliveries";
    private const string Delivery = $"{WebhookRoutes.Item}/deliveries/{{delivery}}";
    private const string DeadLetters = $"{WebhookRoutes.Item}/dead-letters";
    private const string DeadLetter = $"{WebhookRoutes.Item}/dead-letters/{{delivery}}";
    private const int MostReplayed = 1000;
    private const int PageSize = 100;

    public IEnumerable<ManagementRoute> All() =>
        [
            new(
                "POST",
                $"{WebhookRoutes.Item}/test",
                "testWebhook",
                Access.Admin,
                "Send a webhook an event of the type serverless.webhook.test, in its form",
                TestAsync
            )
            {
                Response = "Delivery",
                Status = 201,
                Problems = [Problems.WebhookNotEnabled],
            },
            new("GET", Deliveries, "listDeliveries", Access.Admin, "List what was sent to a webhook, newest first", ListAsync)
            {
                Query =
                [
                    new QueryParameter("state", OneOf(Enum.GetNames<DeliveryState>()).Saying("Deliveries in this state.")),
                    .. Pages.Parameters,
                ],
                Response = Components.PageOf("Delivery"),
            },
            new("GET", Delivery, "getDelivery", Access.Admin, "Read a delivery with its attempts", GetAsync)
            {
                Response = "Delivery",
                Tagged = true,
            },
            new(
                "GET",
                DeadLetters,
                "listWebhookDeadLetters",
                Access.Admin,
                "List what a webhook was not brought, newest first",
                ListDeadLettersAsync
            )
            {
                Query = Pages.Parameters,
                Response = Components.PageOf("Delivery"),
            },
            new("DELETE", DeadLetter, "deleteWebhookDeadLetter", Access.Admin, "Delete a dead letter", DeleteAsync)
            {
                Status = 204,
                Problems = [Problems.NotDeadLetter],
            },
            new(
                "POST",
                $"{DeadLetter}/replay",
                "replayWebhookDeadLetter",
                Access.Admin,
                "Send a dead letter again, with the same id",
                ReplayAsync
            )
            {
                Response = "Delivery",
                Problems = [Problems.NotDeadLetter, Problems.WebhookNotEnabled],
            },
            new(
                "POST",
                $"{DeadLetters}/replay",
                "replayWebhookDeadLetters",
                Access.Admin,
                "Send a webhook's dead letters again, up to 1,000",
                ReplayAllAsync
            )
            {
                Response = "Replayed",
                Problems = [Problems.WebhookNotEnabled],
            },
        ];

    private async Task<Answer> TestAsync(ManagementRequest request)
    {
        var webhook = await EnabledAsync(request);
        var rule = webhook.Rule is { } id ? await rules.FindAsync(request.Tenant, id, request.Cancellation) : null;
        var test = WebhookTest.For(request.Tenant, webhook, rule?.Value, time.GetUtcNow());
        var made = await fanOut.SendAsync(request.Tenant, test, [webhook.Id], request.Cancellation);
        return Answer.Created(Show(made[0]), $"{ManagementRoute.Prefix}/webhooks/{webhook.Id}/deliveries/{made[0].Id}");
    }

    private Task<Answer> ListAsync(ManagementRequest request) =>
        ListAsync(request, request.Query.Text("state") is { } state ? Enum.Parse<DeliveryState>(state) : null);

    private Task<Answer> ListDeadLettersAsync(ManagementRequest request) => ListAsync(request, DeliveryState.DeadLetter);

    private async Task<Answer> ListAsync(ManagementRequest request, DeliveryState? state)
    {
        var webhook = await webhooks.GetAsync(request.Tenant, request.Path("id"), request.Cancellation);
        return await Pages.ReadAsync(
            request,
            (limit, cursor) => deliveries.ListAsync(request.Tenant, webhook.Value.Id, state, limit, cursor, request.Cancellation),
            delivery => Show(delivery.Value)
        );
    }

    private async Task<Answer> GetAsync(ManagementRequest request)
    {
        var (_, stored) = await FindAsync(request);
        var body = Show(stored.Value);
        body["event"] = stored.Value.Event?.DeepClone();
        return Answer.Ok(body, stored.ETag);
    }

    private async Task<Answer> DeleteAsync(ManagementRequest request)
    {
        var (_, stored) = await FindAsync(request);
        Require(stored.Value);
        await deliveries.RemoveAsync(request.Tenant, stored.Value.Id, request.Cancellation);
        return Answer.NoContent;
    }

    private async Task<Answer> ReplayAsync(ManagementRequest request)
    {
        var (webhook, stored) = await FindAsync(request);
        Require(webhook);
        Require(stored.Value);
        return Answer.Ok(Show(await ReplayAsync(request, stored) ?? stored.Value));
    }

    private async Task<Answer> ReplayAllAsync(ManagementRequest request)
    {
        var webhook = await EnabledAsync(request);
        var replayed = 0;
        while (replayed < MostReplayed)
        {
            // Those that are replayed are dead letters no longer, so that every page is the first.
            var (page, _) = await deliveries.ListAsync(
                request.Tenant,
                webhook.Id,
                DeliveryState.DeadLetter,
                PageSize,
                null,
                request.Cancellation
            );
            if (page.Count == 0)
            {
                break;
            }

            foreach (var letter in page)
            {
                await ReplayAsync(request, letter);
            }

            replayed += page.Count;
        }

        return Answer.Ok(new JsonObject { ["replayed"] = replayed, ["more"] = replayed >= MostReplayed });
    }

    private async Task<Delivery?> ReplayAsync(ManagementRequest request, Stored<Delivery> letter)
    {
        var replayed = await deliveries.ReplayAsync(request.Tenant, letter, request.Cancellation);
        var delivery = new DeliveryRef(request.Tenant, letter.Value.Webhook, letter.Value.Id);
        await queue.EnqueueAsync(delivery, time.GetUtcNow(), request.Cancellation);
        return replayed;
    }

    private async Task<(Webhook Webhook, Stored<Delivery> Delivery)> FindAsync(ManagementRequest request)
    {
        var webhook = await webhooks.GetAsync(request.Tenant, request.Path("id"), request.Cancellation);
        var delivery = await deliveries.GetAsync(request.Tenant, webhook.Value.Id, request.Path("delivery"), request.Cancellation);
        return (webhook.Value, delivery);
    }

    private async Task<Webhook> EnabledAsync(ManagementRequest request)
    {
        var webhook = (await webhooks.GetAsync(request.Tenant, request.Path("id"), request.Cancellation)).Value;
        Require(webhook);
        return webhook;
    }

    private static void Require(Webhook webhook)
    {
        if (webhook.State != WebhookState.Enabled)
        {
            throw new ProblemException(Problems.WebhookNotEnabled, $"The webhook is {webhook.State}: enable it before. {webhook.Reason}");
        }
    }

    private static void Require(Delivery delivery)
    {
        if (delivery.State != DeliveryState.DeadLetter)
        {
            throw new ProblemException(Problems.NotDeadLetter, $"The delivery is {delivery.State}.");
        }
    }

    private static JsonObject Show(Delivery delivery) =>
        new()
        {
            ["id"] = delivery.Id,
            ["webhook"] = delivery.Webhook,
            ["state"] = delivery.State.ToString(),
            ["reason"] = delivery.Reason,
            ["created"] = delivery.Created,
            ["updated"] = delivery.Updated,
            ["due"] = delivery.Due is null ? null : delivery.DueAt,
            ["eventId"] = delivery.EventId,
            ["eventType"] = delivery.EventType,
            ["eventSubject"] = delivery.EventSubject,
            ["attempts"] = new JsonArray([
                .. delivery.History.Select(attempt => new JsonObject
                {
                    ["number"] = attempt.Number,
                    ["time"] = attempt.Time,
                    ["status"] = attempt.Status,
                    ["milliseconds"] = attempt.Milliseconds,
                    ["failure"] = attempt.Failure,
                }),
            ]),
        };
}
