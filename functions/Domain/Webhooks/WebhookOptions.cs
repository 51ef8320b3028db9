namespace Serverless.Domain.Webhooks;

/// <summary>What whoever runs the cloud decides of webhooks.</summary>
public sealed record WebhookOptions
{
    public static WebhookOptions Default { get; } = new();

    /// <summary>Hosts with their ports ("localhost:9000", in lower case) that may be called by http and at private addresses: for development.</summary>
    public IReadOnlySet<string> Allow { get; init; } = new HashSet<string>();

    /// <summary>The ports that may be called by https.</summary>
    public IReadOnlySet<int> Ports { get; init; } = new HashSet<int> { 443 };

    /// <summary>The delay before each attempt, the first included; after the last one a delivery is a dead letter. The default is Standard Webhooks' schedule.</summary>
    public IReadOnlyList<TimeSpan> Schedule { get; init; } =
    [
        TimeSpan.Zero,
        TimeSpan.FromSeconds(5),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2),
        TimeSpan.FromHours(5),
        TimeSpan.FromHours(10),
        TimeSpan.FromHours(14),
        TimeSpan.FromHours(20),
        TimeSpan.FromHours(24),
    ];

    /// <summary>How much longer a delay may be, at random, as a part of it: so that what failed together does not come back together.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>The longest that an endpoint's Retry-After is obeyed.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long a request may take, from the look-up of its host to the end of the answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long whoever has claimed an attempt keeps it; afterwards, where nothing was heard of it, it is made again.</summary>
    public TimeSpan Lease => Timeout + TimeSpan.FromSeconds(10);

    /// <summary>How long a delivery is tried, also where its endpoint was never free to be asked.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(5);

    /// <summary>A webhook whose every attempt has failed for so long is disabled; null for never.</summary>
    public TimeSpan? DisableAfter { get; init; } = TimeSpan.FromDays(5);

    /// <summary>The most requests that one webhook has under way from one instance.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>The most bytes of an answer's body that are read; none are kept.</summary>
    public int LongestAnswer { get; init; } = 64 * 1024;

    /// <summary>What this cloud calls itself to endpoints (WebHook-Request-Origin).</summary>
    public string Origin { get; init; } = "localhost";

    /// <summary>How long a secret is good beside the one that has replaced it, where nothing else is asked for.</summary>
    public TimeSpan SecretOverlap { get; init; } = TimeSpan.FromHours(24);
}
