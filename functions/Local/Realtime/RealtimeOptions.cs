namespace Serverless.Local.Realtime;

/// <summary>What one socket may cost.</summary>
public sealed record RealtimeOptions
{
    /// <summary>Messages that may wait for a slow client; beyond, it is closed. Default 1,024.</summary>
    public int QueuedMessages { get; init; } = 1024;

    /// <summary>Bytes that may wait for a slow client; beyond, it is closed. Default 8 MiB.</summary>
    public long QueuedBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>The largest message that a client may send; beyond, it is closed. Default 1 MiB, as Web PubSub's.</summary>
    public int MessageBytes { get; init; } = 1024 * 1024;

    /// <summary>How long a client has to answer a close. Default 5 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
