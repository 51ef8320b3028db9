using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Serverless.Domain.Series;

namespace Serverless.Contracts.Series;

/// <summary>An <see cref="IRunStore"/> in memory, for tests. <see cref="BeforeCompaction"/> may throw, to stand for a crash.</summary>
public sealed class MemoryRunStore : IRunStore
{
    private readonly ConcurrentDictionary<SeriesPartition, Contents> partitions = new();

    /// <summary>Called before a compaction is applied.</summary>
    public Func<Compaction, Task> BeforeCompaction { get; set; } = _ => Task.CompletedTask;

    /// <summary>How many rows and runs have been handed out.</summary>
    public int Reads { get; private set; }

    public long RunBytes(SeriesPartition partition) => Read(partition, contents => contents.Runs.Values.Sum(run => (long)run.Length));

    public int RunCount(SeriesPartition partition) => Read(partition, contents => contents.Runs.Count);

    public IReadOnlyList<SealedRow> Rows(SeriesPartition partition) => Read(partition, contents => contents.Rows.Values.ToList());

    public Task<long> AppendAsync(SeriesPartition partition, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, IRunStore.MaxPayload, nameof(payload));
        return Task.FromResult(
            Read(
                partition,
                contents =>
                {
                    contents.Runs.Add(++contents.Sequence, payload.ToArray());
                    return contents.Sequence;
                }
            )
        );
    }

    public async IAsyncEnumerable<StoredRun> ReadRunsAsync(
        SeriesPartition partition,
        long after,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await Task.CompletedTask;
        foreach (var (sequence, payload) in Read(partition, contents => contents.Runs.Where(run => run.Key > after).ToList()))
        {
            cancellation.ThrowIfCancellationRequested();
            Reads++;
            yield return new StoredRun(sequence, payload);
        }
    }

    public async IAsyncEnumerable<SealedRow> ReadSealedAsync(
        SeriesPartition partition,
        string? from,
        string? to,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await Task.CompletedTask;
        foreach (var row in Read(partition, contents => Range(contents, from, to)))
        {
            cancellation.ThrowIfCancellationRequested();
            Reads++;
            yield return row;
        }
    }

    public async Task CompactAsync(SeriesPartition partition, Compaction compaction, CancellationToken cancellation)
    {
        await BeforeCompaction(compaction);
        Read(
            partition,
            contents =>
            {
                foreach (var row in compaction.Puts)
                {
                    ArgumentOutOfRangeException.ThrowIfGreaterThan(row.Payload.Length, IRunStore.MaxPayload, nameof(compaction));
                    contents.Rows[row.Key] = row with { Payload = row.Payload.ToArray() };
                }

                foreach (var key in compaction.Deletes)
                {
                    contents.Rows.Remove(key);
                }

                foreach (var sequence in contents.Runs.Keys.TakeWhile(sequence => sequence <= compaction.RunsThrough).ToList())
                {
                    contents.Runs.Remove(sequence);
                }

                return contents.Version++;
            }
        );
    }

    public async IAsyncEnumerable<SeriesPartition> ListPartitionsAsync(
        string? tenant,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await Task.CompletedTask;
        foreach (var (partition, contents) in partitions)
        {
            cancellation.ThrowIfCancellationRequested();
            if ((tenant is null || partition.Tenant == tenant) && contents.Runs.Count + contents.Rows.Count > 0)
            {
                yield return partition;
            }
        }
    }

    public ValueTask<long> GetSealedVersionAsync(SeriesPartition partition, CancellationToken cancellation) =>
        ValueTask.FromResult(Read(partition, contents => contents.Version));

    private static List<SealedRow> Range(Contents contents, string? from, string? to)
    {
        var keys = contents.Rows.Keys;
        var start = from is null ? 0 : LowerBound(keys, from);
        var end = to is null ? keys.Count : LowerBound(keys, to);
        var rows = new List<SealedRow>();
        for (var i = start; i < end; i++)
        {
            rows.Add(contents.Rows.GetValueAtIndex(i));
        }

        return rows;
    }

    private static int LowerBound(IList<string> keys, string key)
    {
        var (low, high) = (0, keys.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = string.CompareOrdinal(keys[middle], key) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private T Read<T>(SeriesPartition partition, Func<Contents, T> use)
    {
        var contents = partitions.GetOrAdd(partition, _ => new Contents());
        lock (contents)
        {
            return use(contents);
        }
    }

    private sealed class Contents
    {
        public SortedList<long, byte[]> Runs { get; } = [];

        public SortedList<string, SealedRow> Rows { get; } = new(StringComparer.Ordinal);

        public long Sequence { get; set; }

        public long Version { get; set; }
    }
}
