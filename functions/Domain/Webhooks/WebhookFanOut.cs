using Serverless.Domain.Devices;
using Serverless.Domain.Events;

namespace Serverless.Domain.Webhooks;

/// <summary>Makes of each event a delivery for every webhook that gets it. An event that comes again makes no second one, and one that a webhook's form has no body for is not for this webhook.</summary>
public sealed class WebhookFanOut(
    WebhookDirectory webhooks,
    DeliveryDirectory deliveries,
    DeviceDirectory devices,
    IDeliveryQueue queue,
    IReadOnlyList<IWebhookForm> forms
) : IEventHandler
{
    private const string SourcePrefix = "/tenants/";

    public async Task HandleAsync(CloudEvent cloudEvent, CancellationToken cancellation)
    {
        if (!cloudEvent.Source.StartsWith(SourcePrefix, StringComparison.Ordinal))
        {
            return;
        }

        var tenant = cloudEvent.Source[SourcePrefix.Length..];
        var takers = await FindAsync(tenant, cloudEvent, cancellation);
        if (takers.Count == 0)
        {
            return;
        }

        await SendAsync(tenant, cloudEvent, takers, cancellation);
    }

    /// <summary>Brings an event to webhooks, whatever their filters say.</summary>
    /// <returns>The deliveries that are pending now.</returns>
    public async Task<IReadOnlyList<Delivery>> SendAsync(
        string tenant,
        CloudEvent cloudEvent,
        IReadOnlyList<string> to,
        CancellationToken cancellation
    )
    {
        var pending = await deliveries.AddAsync(tenant, cloudEvent, to, cancellation);
        foreach (var delivery in pending)
        {
            await queue.EnqueueAsync(new DeliveryRef(tenant, delivery.Webhook, delivery.Id), delivery.DueAt, cancellation);
        }

        return pending;
    }

    private async Task<List<string>> FindAsync(string tenant, CloudEvent cloudEvent, CancellationToken cancellation)
    {
        var ofType = new List<Webhook>();
        await foreach (var webhook in webhooks.ListForAsync(tenant, WebhookFilter.RuleOf(cloudEvent), cancellation))
        {
            if (
                webhook.State != WebhookState.Disabled
                && WebhookFilter.TakesType(webhook, cloudEvent.Type)
                && IsWritten(webhook, cloudEvent)
            )
            {
                ofType.Add(webhook);
            }
        }

        var device = WebhookFilter.DeviceOf(cloudEvent);
        var group = ofType.Any(webhook => webhook.Groups.Count > 0) ? await GroupAsync(tenant, cloudEvent, device, cancellation) : null;
        return [.. ofType.Where(webhook => WebhookFilter.TakesDevice(webhook, device, group)).Select(webhook => webhook.Id)];
    }

    private bool IsWritten(Webhook webhook, CloudEvent cloudEvent) =>
        webhook.Form == CloudEventsForm.FormName || forms.First(form => form.Name == webhook.Form).Write(cloudEvent) is not null;

    /// <summary>The group that the event itself names, for a device that is deleted is in none; else the one that the device is in now.</summary>
    private async Task<string?> GroupAsync(string tenant, CloudEvent cloudEvent, string? device, CancellationToken cancellation)
    {
        if (cloudEvent.Data["group"] is System.Text.Json.Nodes.JsonValue named && named.TryGetValue<string>(out var group))
        {
            return group;
        }

        return device is null ? null : (await devices.FindAsync(tenant, device, cancellation))?.Value.Group;
    }
}
