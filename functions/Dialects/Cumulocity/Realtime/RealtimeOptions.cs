namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>The limits of realtime.</summary>
public sealed record CumulocityRealtimeOptions
{
    /// <summary>How long a connect waits where the client does not say. 45 s: less than the minute that clients wait by default.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>How long it waits at most: less than the 230 s that the platform on Azure lets an answer take.</summary>
    public TimeSpan LongestHold { get; init; } = TimeSpan.FromSeconds(200);

    /// <summary>How long a session lasts without a connect (the vendor's: 10 s). What happens meanwhile is delivered with the next one.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a socket's session, groups and listeners last unless they are renewed, by the client's messages or by upkeep.</summary>
    public TimeSpan SocketLease { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How many changes of its tenant a session may be behind; beyond, it begins anew with 402.</summary>
    public int MostBehind { get; init; } = 20_000;

    /// <summary>The most notifications of one reply. More follow with the next one at once.</summary>
    public int MostInReply { get; init; } = 500;

    /// <summary>The most channels of a session.</summary>
    public int MostSubscriptions { get; init; } = 2000;

    /// <summary>The most sessions of a user on one channel; the oldest ends for one more.</summary>
    public int MostSessions { get; init; } = 10;

    /// <summary>The largest body of a request.</summary>
    public int MessageBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// Whether a connect on a socket waits in this process. On Azure the process may end while it waits; there it is answered at once, and told to come again after <see cref="Hold"/>.
    /// </summary>
    public bool HoldsSockets { get; init; } = true;

    /// <summary>How long a session lasts from now.</summary>
    internal TimeSpan LifeOf(RealtimeSession session) =>
        session.Connection is not null ? SocketLease
        : session.Holder is not null ? LongestHold + Window
        : Window;
}
