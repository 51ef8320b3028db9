using Serverless.Domain.Telemetry;

namespace Serverless.App.Hosting;

/// <summary>Logs that messages became dead letters: of each partition the first at once, then no more than a line a minute, with how many there were. The template's alert looks for these lines.</summary>
/// <remarks>A line has the sender and the reason of one of them, and nothing of a payload.</remarks>
internal sealed partial class DeadLetterLog(DeadLetters letters, TimeProvider time, ILogger<DeadLetterLog> logger)
{
    /// <summary>How far the lines of a partition are apart.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private const int MostReason = 200;

    private readonly Lock gate = new();
    private readonly Dictionary<string, (DateTimeOffset Logged, int Since)> partitions = [];

    /// <summary>Begins to log.</summary>
    public void Start() => letters.Added += Add;

    private void Add(string partition, IReadOnlyList<DeadLetter> added)
    {
        var now = time.GetUtcNow();
        int count;
        lock (gate)
        {
            var known = partitions.GetValueOrDefault(partition, (Logged: DateTimeOffset.MinValue, Since: 0));
            count = known.Since + added.Count;
            if (now - known.Logged < Interval)
            {
                partitions[partition] = (known.Logged, count);
                return;
            }

            partitions[partition] = (now, 0);
        }

        var reason = added[0].Reason;
        Kept(count, partition, added[0].Source, reason.Length > MostReason ? reason[..MostReason] : reason);
    }

    [LoggerMessage(
        40,
        LogLevel.Warning,
        "{Count} dead letters more in {Partition}: messages that could not be taken; one is of the source {Source}: {Reason}"
    )]
    private partial void Kept(int count, string partition, string source, string reason);
}
