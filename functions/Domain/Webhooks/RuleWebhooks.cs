using Serverless.Domain.Documents;

namespace Serverless.Domain.Webhooks;

/// <summary>
/// The webhooks of single rules, under ids of a vendor's API, which asks nobody for consent. They are written in the commit of what they belong to: here are the writes. Headers and secrets are the
/// tenant's own, and stay.
/// </summary>
public sealed class RuleWebhooks(WebhookDirectory webhooks, IReadOnlyList<IWebhookForm> forms, WebhookOptions options, TimeProvider time)
{
    /// <summary>The write that makes a webhook, or brings it up to date and enables it.</summary>
    /// <exception cref="DomainException">A member is wrong, or the address may not be called.</exception>
    public async Task<DocumentWrite> WriteOfAsync(string tenant, string id, NewWebhook wanted, CancellationToken cancellation)
    {
        var made = wanted.Make(id, time.GetUtcNow()) with { State = WebhookState.Enabled, Reason = null };
        WebhookRules.Check(made, options, forms);
        if (await webhooks.FindAsync(tenant, id, cancellation) is not { } old)
        {
            return new DocumentWrite(WriteMode.Create, Kinds.Webhook, id, WebhookJson.Default.Webhook.ToBody(made));
        }

        made = made with { Headers = old.Value.Headers, Secrets = old.Value.Secrets, Created = old.Value.Created };
        return new DocumentWrite(WriteMode.Replace, Kinds.Webhook, id, WebhookJson.Default.Webhook.ToBody(made), old.ETag);
    }

    /// <summary>The writes that delete a webhook: none where it is not there.</summary>
    public async Task<IReadOnlyList<DocumentWrite>> RemovalAsync(string tenant, string id, CancellationToken cancellation) =>
        await webhooks.FindAsync(tenant, id, cancellation) is { } old
            ? [new DocumentWrite(WriteMode.Delete, Kinds.Webhook, id, IfMatch: old.ETag)]
            : [];
}
