using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Webhooks.Network;

namespace Serverless.Domain.Webhooks;

/// <summary>The webhooks of every tenant: made, asked for their endpoint's consent, changed one version at a time.</summary>
/// <remarks>An endpoint is asked before its webhook is enabled, and again when the address, the headers or the way of asking change.</remarks>
public sealed class WebhookDirectory(
    IDocumentStore store,
    EndpointHandshake handshake,
    IReadOnlyList<IWebhookForm> forms,
    WebhookOptions options,
    TimeProvider time
)
{
    /// <summary>The most webhooks of a tenant.</summary>
    public const int Most = 100;

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

    public async IAsyncEnumerable<Webhook> ListAllAsync(
        string tenant,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var all = store.QueryAllAsync(new DocumentQuery(tenant, Kinds.Webhook), WebhookJson.Default.Webhook, cancellation);
        await foreach (var webhook in all)
        {
            yield return webhook.Value;
        }
    }

    /// <summary>Makes a webhook and asks its endpoint for consent; without it the webhook is there, pending validation.</summary>
    /// <returns>The webhook, with the secret that nobody is shown again.</returns>
    /// <exception cref="DomainException">A member is wrong, the address may not be called, or the tenant has too many.</exception>
    public async Task<Stored<Webhook>> CreateAsync(string tenant, NewWebhook made, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var webhook = new Webhook
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            Url = made.Url,
            Description = made.Description,
            Types = made.Types,
            Devices = made.Devices,
            Groups = made.Groups,
            Headers = made.Headers,
            Secrets = [new WebhookSecret(Checked(made.Secret ?? WebhookSecrets.New()), now)],
            Handshake = made.Handshake,
            Form = made.Form,
            State = WebhookState.Disabled,
            Reason = "It was made so.",
            Created = now,
            Updated = now,
        };
        WebhookRules.Check(webhook, options, forms);
        if (await store.CountAsync(new DocumentQuery(tenant, Kinds.Webhook), cancellation) >= Most)
        {
            throw new DomainException(Refusal.Invalid, $"A tenant has at most {Most} webhooks.");
        }

        if (made.Enabled)
        {
            webhook = await AskAsync(webhook, cancellation);
        }

        var write = new DocumentWrite(WriteMode.Create, Kinds.Webhook, webhook.Id, WebhookJson.Default.Webhook.ToBody(webhook));
        return new Stored<Webhook>(webhook, (await store.CommitAsync(tenant, write, cancellation))!);
    }

    /// <summary>Changes a webhook. Where that changes whom it calls, or how, the endpoint is asked anew.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The webhook's id.</param>
    /// <param name="change">Makes the new webhook from the old one; it may be called again when somebody else was faster.</param>
    /// <param name="ifMatch">The entity tag seen, or null.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="DomainException">There is no such webhook, its version is not the one seen, or a member is wrong.</exception>
    public Task<Stored<Webhook>> UpdateAsync(
        string tenant,
        string id,
        Func<Webhook, Webhook> change,
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
                    ? await AskAsync(webhook, cancellation)
                    : webhook;
            },
            ifMatch,
            cancellation
        );

    /// <summary>Asks a webhook's endpoint for its consent, and enables the webhook where it gives it.</summary>
    /// <exception cref="DomainException">There is no such webhook, or its address may not be called.</exception>
    public Task<Stored<Webhook>> EnableAsync(string tenant, string id, string? ifMatch, CancellationToken cancellation) =>
        WriteAsync(tenant, id, old => AskAsync(old, cancellation), ifMatch, cancellation);

    /// <summary>Switches a webhook off; one that is not there stays so.</summary>
    public async Task DisableAsync(string tenant, string id, string reason, CancellationToken cancellation)
    {
        try
        {
            await WriteAsync(
                tenant,
                id,
                old => Task.FromResult(old.State == WebhookState.Disabled ? old : Disabled(old, reason)),
                null,
                cancellation
            );
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

        var next = Checked(secret ?? WebhookSecrets.New());
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
        CancellationToken cancellation
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
            try
            {
                return new Stored<Webhook>(webhook, (await store.CommitAsync(tenant, write, cancellation))!);
            }
            catch (StoreConflictException)
            {
                // Somebody else was faster: apply the change to what they left.
            }
        }
    }

    private async Task<Webhook> AskAsync(Webhook webhook, CancellationToken cancellation)
    {
        var consent = await handshake.AskAsync(webhook, options.Origin, cancellation);
        return webhook with
        {
            State = consent.Refusal is null ? WebhookState.Enabled : WebhookState.PendingValidation,
            Reason = consent.Refusal,
            AllowedRate = consent.AllowedRate,
        };
    }

    private static bool IsSameEndpoint(Webhook one, Webhook other) =>
        one.Url == other.Url
        && one.Handshake == other.Handshake
        && one.Headers.Count == other.Headers.Count
        && one.Headers.All(header => other.Headers.TryGetValue(header.Key, out var value) && value == header.Value);

    private static string Checked(string secret) =>
        WebhookSecrets.IsWellFormed(secret)
            ? secret
            : throw DomainException.Invalid("secret", "A secret is whsec_ and 24 to 64 bytes in base64.");

    private static DomainException Stale() => new(Refusal.PreconditionFailed, "The webhook has changed in the meantime.");
}
