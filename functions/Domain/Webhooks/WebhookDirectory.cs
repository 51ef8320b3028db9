using System.Globalization;
using System.Text.Json.Nodes;
using Serverless.Domain.Audit;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;
using Serverless.Domain.Webhooks.Network;

namespace Serverless.Domain.Webhooks;

/// <summary>The URL at which somebody may consent in the place of an endpoint.</summary>
/// <param name="tenant">The webhook's tenant.</param>
/// <param name="id">The webhook's id.</param>
/// <param name="code">The code that proves that he has seen the validation event.</param>
public delegate string ConsentUrl(string tenant, string id, string code);

/// <summary>The webhooks of every tenant: made, asked for their endpoint's consent, changed one version at a time.</summary>
/// <remarks>An endpoint is asked before its webhook is enabled, and again when the address, the headers or the way of asking change.</remarks>
public sealed class WebhookDirectory(
    IDocumentStore store,
    EndpointHandshake handshake,
    IReadOnlyList<IWebhookForm> forms,
    WebhookOptions options,
    EventOutbox events,
    AuditLog audit,
    TimeProvider time
)
{
    /// <summary>The most webhooks of a tenant, beside those of single rules.</summary>
    public const int Most = 100;

    /// <summary>The type of the event that tells that a webhook was disabled by the cloud.</summary>
    public const string DisabledEvent = "serverless.webhook.disabled";

    /// <summary>The longest that the secret before is good.</summary>
    public static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(30);

    public ValueTask<Stored<Webhook>?> FindAsync(string tenant, string id, CancellationToken cancellation) =>
        store.GetAsync(new DocumentKey(tenant, Kinds.Webhook, DocumentIds.Of(id)), WebhookJson.Default.Webhook, cancellation);

    /// <exception cref="DomainException">The tenant has no such webhook.</exception>
    public async ValueTask<Stored<Webhook>> GetAsync(string tenant, string id, CancellationToken cancellation) =>
        await FindAsync(tenant, id, cancellation) ?? throw DomainException.NotFound($"webhook '{id}'");

    /// <summary>One page of the tenant's webhooks, in the order in which they were made.</summary>
    public Task<(IReadOnlyList<Stored<Webhook>> Items, string? Cursor)> ListAsync(
        string tenant,
        int limit,
        string? cursor,
        CancellationToken cancellation
    ) =>
        store.QueryAsync(new DocumentQuery(tenant, Kinds.Webhook, Limit: limit, Cursor: cursor), WebhookJson.Default.Webhook, cancellation);

    /// <summary>The tenant's webhooks that may get an event: those of its rule, where it has one, and those of no single rule.</summary>
    public async IAsyncEnumerable<Webhook> ListForAsync(
        string tenant,
        string? rule,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var filter = rule is null ? OfNoRule : Filter.Any(OfNoRule, Filter.Eq(RuleMember, JsonValue.Create(rule)));
        var all = store.QueryAllAsync(new DocumentQuery(tenant, Kinds.Webhook, filter), WebhookJson.Default.Webhook, cancellation);
        await foreach (var webhook in all)
        {
            yield return webhook.Value;
        }
    }

    /// <summary>Makes a webhook and asks its endpoint for consent; without it the webhook is there, pending validation.</summary>
    /// <returns>The webhook, with the secret that nobody is shown again.</returns>
    /// <exception cref="DomainException">A member is wrong, the address may not be called, or the tenant has too many.</exception>
    public async Task<Stored<Webhook>> CreateAsync(string tenant, NewWebhook made, ConsentUrl? consentUrl, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var webhook = made.Make(Guid.CreateVersion7(now).ToString("N"), now);
        WebhookRules.Check(webhook, options, forms);
        if (await store.CountAsync(new DocumentQuery(tenant, Kinds.Webhook, OfNoRule), cancellation) >= Most)
        {
            throw new DomainException(Refusal.Invalid, $"A tenant has at most {Most} webhooks.");
        }

        if (made.Enabled)
        {
            webhook = await AskAsync(tenant, webhook, consentUrl, cancellation);
        }

        var write = new DocumentWrite(WriteMode.Create, Kinds.Webhook, webhook.Id, WebhookJson.Default.Webhook.ToBody(webhook));
        return new Stored<Webhook>(webhook, (await store.CommitAsync(tenant, write, cancellation))!);
    }

    /// <summary>Changes a webhook. Where that changes whom it calls, or how, the endpoint is asked anew.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The webhook's id.</param>
    /// <param name="change">Makes the new webhook from the old one; it may be called again when somebody else was faster.</param>
    /// <param name="consentUrl">Where somebody may consent in the endpoint's place, or null.</param>
    /// <param name="ifMatch">The entity tag seen, or null.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="DomainException">There is no such webhook, its version is not the one seen, or a member is wrong.</exception>
    public Task<Stored<Webhook>> UpdateAsync(
        string tenant,
        string id,
        Func<Webhook, Webhook> change,
        ConsentUrl? consentUrl,
        string? ifMatch,
        CancellationToken cancellation
    ) =>
        WriteAsync(
            tenant,
            id,
            async old =>
            {
                var webhook = change(old);
                WebhookRules.Check(webhook, options, forms);
                return webhook.State != WebhookState.Disabled && !IsSameEndpoint(old, webhook)
                    ? await AskAsync(tenant, webhook, consentUrl, cancellation)
                    : webhook;
            },
            ifMatch,
            cancellation
        );

    /// <summary>Asks a webhook's endpoint for its consent, and enables the webhook where it gives it.</summary>
    /// <exception cref="DomainException">There is no such webhook, or its address may not be called.</exception>
    public Task<Stored<Webhook>> EnableAsync(
        string tenant,
        string id,
        ConsentUrl? consentUrl,
        string? ifMatch,
        CancellationToken cancellation
    ) => WriteAsync(tenant, id, old => AskAsync(tenant, old, consentUrl, cancellation), ifMatch, cancellation);

    /// <summary>Consents in the place of an endpoint, with the code of the URL in its validation event, and enables the webhook.</summary>
    /// <exception cref="DomainException">Nobody waits for such a consent, or not any more.</exception>
    public Task<Stored<Webhook>> ConsentAsync(string tenant, string id, string code, CancellationToken cancellation) =>
        WriteAsync(
            tenant,
            id,
            old =>
                Task.FromResult(
                    handshake.IsConsent(old, code)
                        ? old with
                        {
                            State = WebhookState.Enabled,
                            Reason = null,
                            Consent = null,
                        }
                        : throw DomainException.NotFound("validation")
                ),
            null,
            cancellation
        );

    /// <summary>Switches a webhook off, and tells so by an event and an audit record; one that is not there stays so.</summary>
    public Task DisableAsync(string tenant, string id, string reason, CancellationToken cancellation) =>
        TryWriteAsync(tenant, id, old => old.State == WebhookState.Disabled ? old : Disabled(old, reason), cancellation);

    /// <summary>Takes note of how an attempt ended: a webhook whose every attempt has failed for too long is switched off, as by <see cref="DisableAsync"/>.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="seen">The webhook as it was for the attempt: where this changes nothing, nothing is read.</param>
    /// <param name="succeeded">Whether the endpoint has taken the request.</param>
    /// <param name="cancellation">Cancels it.</param>
    public Task NoteAsync(string tenant, Webhook seen, bool succeeded, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (succeeded)
        {
            return seen.FailingSince is null
                ? Task.CompletedTask
                : TryWriteAsync(tenant, seen.Id, old => old.FailingSince is null ? old : old with { FailingSince = null }, cancellation);
        }

        return seen.FailingSince is null
                ? TryWriteAsync(tenant, seen.Id, old => old.FailingSince is null ? old with { FailingSince = now } : old, cancellation)
            : HasFailed(seen) ? TryWriteAsync(tenant, seen.Id, old => HasFailed(old) ? Disabled(old, Reason(old)) : old, cancellation)
            : Task.CompletedTask;

        bool HasFailed(Webhook webhook) =>
            webhook.State != WebhookState.Disabled && webhook.FailingSince is { } since && now - since >= options.DisableAfter;

        string Reason(Webhook webhook) =>
            $"Every attempt since {webhook.FailingSince!.Value.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)} has failed.";
    }

    private async Task TryWriteAsync(string tenant, string id, Func<Webhook, Webhook> change, CancellationToken cancellation)
    {
        try
        {
            await WriteAsync(tenant, id, old => Task.FromResult(change(old)), null, cancellation, tellsEnd: true);
        }
        catch (DomainException gone) when (gone.Refusal == Refusal.NotFound)
        {
            // It was deleted at this moment.
        }
    }

    /// <summary>The webhook switched off.</summary>
    public static Webhook Disabled(Webhook webhook, string reason) => webhook with { State = WebhookState.Disabled, Reason = reason };

    /// <summary>Gives a webhook another secret. Deliveries are signed with both until the one before ends.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The webhook's id.</param>
    /// <param name="secret">The secret, or null for a new one.</param>
    /// <param name="overlap">How long the one before is good beside it, or null for the default.</param>
    /// <param name="ifMatch">The entity tag seen, or null.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="DomainException">There is no such webhook, its version is not the one seen, or the secret is not well-formed.</exception>
    public Task<Stored<Webhook>> RotateAsync(
        string tenant,
        string id,
        string? secret,
        TimeSpan? overlap,
        string? ifMatch,
        CancellationToken cancellation
    )
    {
        var both = overlap ?? options.SecretOverlap;
        if (both < TimeSpan.Zero || both > LongestOverlap)
        {
            throw DomainException.Invalid("overlapSeconds", $"The secret before is good for at most {LongestOverlap.TotalDays} days.");
        }

        var next = WebhookSecrets.Checked(secret ?? WebhookSecrets.New());
        return WriteAsync(
            tenant,
            id,
            old =>
            {
                var now = time.GetUtcNow();
                var before = old.Secrets[0] with { Ends = now + both };
                return Task.FromResult(old with { Secrets = [new WebhookSecret(next, now), before] });
            },
            ifMatch,
            cancellation
        );
    }

    /// <summary>Deletes a webhook; what is on its way to it is not sent any more.</summary>
    /// <exception cref="DomainException">There is no such webhook, or its version is not the one seen.</exception>
    public async Task DeleteAsync(string tenant, string id, string? ifMatch, CancellationToken cancellation)
    {
        try
        {
            var write = new DocumentWrite(WriteMode.Delete, Kinds.Webhook, DocumentIds.Of(id), IfMatch: ifMatch);
            await store.CommitAsync(tenant, write, cancellation);
        }
        catch (StoreConflictException conflict)
        {
            throw conflict.Reason == ConflictReason.Missing ? DomainException.NotFound($"webhook '{id}'") : Stale();
        }
    }

    private async Task<Stored<Webhook>> WriteAsync(
        string tenant,
        string id,
        Func<Webhook, Task<Webhook>> change,
        string? ifMatch,
        CancellationToken cancellation,
        bool tellsEnd = false
    )
    {
        while (true)
        {
            var old = await GetAsync(tenant, id, cancellation);
            if (ifMatch is not null && ifMatch != old.ETag)
            {
                throw Stale();
            }

            var webhook = await change(old.Value);
            if (ReferenceEquals(webhook, old.Value))
            {
                return old;
            }

            webhook = webhook with { Updated = time.GetUtcNow() };
            var write = new DocumentWrite(
                WriteMode.Replace,
                Kinds.Webhook,
                webhook.Id,
                WebhookJson.Default.Webhook.ToBody(webhook),
                old.ETag
            );
            var ends = tellsEnd && old.Value.State != WebhookState.Disabled && webhook.State == WebhookState.Disabled;
            var (writes, told) = ends ? End(tenant, webhook) : ([], []);
            try
            {
                var tag = (await store.CommitAsync(tenant, [write, .. writes], cancellation))[0]!;
                await events.PublishAsync(tenant, told, cancellation);
                return new Stored<Webhook>(webhook, tag);
            }
            catch (StoreConflictException)
            {
                // Somebody else was faster: apply the change to what they left.
            }
        }
    }

    /// <summary>What tells that the cloud has disabled a webhook. The address is left out: it may hold credentials.</summary>
    private (DocumentWrite[] Writes, CloudEvent[] Told) End(string tenant, Webhook webhook)
    {
        var data = new JsonObject
        {
            ["webhook"] = webhook.Id,
            ["description"] = webhook.Description,
            ["rule"] = webhook.Rule,
            ["reason"] = webhook.Reason,
            ["failingSince"] = webhook.FailingSince,
        };
        var told = new CloudEvent(
            $"{tenant}-{webhook.Id}-disabled-{webhook.Updated.UtcTicks}",
            $"/tenants/{tenant}",
            DisabledEvent,
            $"webhooks/{webhook.Id}",
            webhook.Updated,
            data
        );
        var change = new AuditChange("state", nameof(WebhookState.Enabled), nameof(WebhookState.Disabled));
        var record = audit.WriteOf(AuditActor.Cloud, "Connector", webhook.Id, "Webhook disabled", webhook.Reason!, [change]);
        return ([record, PendingEvent.WriteOf(told, webhook.Updated)], [told]);
    }

    private async Task<Webhook> AskAsync(string tenant, Webhook webhook, ConsentUrl? consentUrl, CancellationToken cancellation)
    {
        Func<string, string>? urlOf = consentUrl is null ? null : code => consentUrl(tenant, webhook.Id, code);
        var consent = await handshake.AskAsync(webhook, options.Origin, urlOf, cancellation);
        return webhook with
        {
            State = consent.Refusal is null ? WebhookState.Enabled : WebhookState.PendingValidation,
            Reason = consent.Refusal,
            FailingSince = null,
            AllowedRate = consent.AllowedRate,
            Consent = consent.Pending,
        };
    }

    private static readonly MemberPath RuleMember = new("rule");

    private static Filter OfNoRule => new Filter.Not(new Filter.Has(RuleMember));

    private static bool IsSameEndpoint(Webhook one, Webhook other) =>
        one.Url == other.Url
        && one.Handshake == other.Handshake
        && one.Headers.Count == other.Headers.Count
        && one.Headers.All(header => other.Headers.TryGetValue(header.Key, out var value) && value == header.Value);

    private static DomainException Stale() => new(Refusal.PreconditionFailed, "The webhook has changed in the meantime.");
}
