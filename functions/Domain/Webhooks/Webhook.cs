namespace Serverless.Domain.Webhooks;

/// <summary>Whether events go to a webhook.</summary>
public enum WebhookState
{
    Enabled,

    /// <summary>Its endpoint has not consented (yet): events wait for it.</summary>
    PendingValidation,

    /// <summary>Switched off, by its owner or because its endpoint is gone or has failed for days: it gets no events.</summary>
    Disabled,
}

/// <summary>How an endpoint says that it wants events.</summary>
public enum WebhookHandshake
{
    /// <summary>OPTIONS with WebHook-Request-Origin, answered with WebHook-Allowed-Origin (CloudEvents, http-webhook.md, section 4).</summary>
    CloudEvents,

    /// <summary>Event Grid's validation event, answered with its code; or its validation URL, called in time.</summary>
    EventGrid,

    /// <summary>It is not asked: the vendor's API by which the webhook was made knows no consent.</summary>
    None,
}

/// <summary>A key that deliveries are signed with.</summary>
/// <param name="Value">whsec_ and 24 to 64 bytes in base64 (Standard Webhooks).</param>
/// <param name="Created">When it was made.</param>
/// <param name="Ends">Until when deliveries are signed with it; null for the current one.</param>
public sealed record WebhookSecret(string Value, DateTimeOffset Created, DateTimeOffset? Ends = null);

/// <summary>A consent that somebody may still give in the place of an endpoint, by the URL in its validation event.</summary>
/// <param name="CodeHash">The SHA-256 of the URL's code, in hexadecimal.</param>
/// <param name="Ends">Until when.</param>
public sealed record PendingConsent(string CodeHash, DateTimeOffset Ends);

/// <summary>An endpoint of a tenant's that gets events by HTTP.</summary>
public sealed record Webhook
{
    public required string Id { get; init; }

    public required string Url { get; init; }

    public string Description { get; init; } = "";

    /// <summary>The types of events that it gets, with * for any run of characters; all where there are none.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>The ids of the devices whose events it gets.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>The groups of devices whose events it gets, beside those of <see cref="Devices"/>; every device's where neither names any.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>The id of the rule whose crossings are all that it gets; null where the others decide.</summary>
    public string? Rule { get; init; }

    /// <summary>Headers of its own that every request has. Their values may be credentials: they are never shown.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The current secret first, then the one before while it is still good.</summary>
    public IReadOnlyList<WebhookSecret> Secrets { get; init; } = [];

    public WebhookState State { get; init; }

    /// <summary>Why it is not enabled.</summary>
    public string? Reason { get; init; }

    public WebhookHandshake Handshake { get; init; }

    /// <summary>How consent may still be given, or null.</summary>
    public PendingConsent? Consent { get; init; }

    /// <summary>The name of the form of the requests' bodies, of an <see cref="IWebhookForm"/>.</summary>
    public string Form { get; init; } = CloudEventsForm.FormName;

    /// <summary>When the first of the attempts was made that have all failed since; null while the newest has not failed.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>The most requests a minute that its endpoint has asked for (WebHook-Allowed-Rate), or null for any number.</summary>
    public int? AllowedRate { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset Updated { get; init; }

    /// <summary>The secrets that are good now, the current one first.</summary>
    public IEnumerable<string> SecretsAt(DateTimeOffset now) =>
        Secrets.Where(secret => secret.Ends is null || secret.Ends > now).Select(secret => secret.Value);
}
