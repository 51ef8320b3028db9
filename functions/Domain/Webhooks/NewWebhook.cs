namespace Serverless.Domain.Webhooks;

/// <summary>What a webhook is made from.</summary>
public sealed record NewWebhook
{
    public required string Url { get; init; }

    public string Description { get; init; } = "";

    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Ids of devices.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>As <see cref="Webhook.Rule"/>.</summary>
    public string? Rule { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>A secret of the caller's own, or null for a new one.</summary>
    public string? Secret { get; init; }

    public WebhookHandshake Handshake { get; init; }

    public string Form { get; init; } = CloudEventsForm.FormName;

    /// <summary>Whether it gets events as soon as its endpoint has consented.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The webhook, disabled until somebody enables it.</summary>
    /// <exception cref="DomainException">The secret is not well-formed.</exception>
    internal Webhook Make(string id, DateTimeOffset now) =>
        new()
        {
            Id = id,
            Url = Url,
            Description = Description,
            Types = Types,
            Devices = Devices,
            Groups = Groups,
            Rule = Rule,
            Headers = Headers,
            Secrets = [new WebhookSecret(WebhookSecrets.Checked(Secret ?? WebhookSecrets.New()), now)],
            Handshake = Handshake,
            Form = Form,
            State = WebhookState.Disabled,
            Reason = "It was made so.",
            Created = now,
            Updated = now,
        };
}
