using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Serverless.Domain.Series;

namespace Serverless.Azure.TableStorage;

/// <summary>The list of partitions: one entity each, put before the partition's first. None is ever removed.</summary>
internal sealed class PartitionDirectory(TableClient table)
{
    private readonly ConcurrentDictionary<string, bool> added = new();

    public async Task AddAsync(PartitionKeys keys, CancellationToken cancellation)
    {
        if (added.ContainsKey(keys.Name))
        {
            return;
        }

        var entry = TableOperation.Replace(new EntityJson(PartitionKeys.Directory, keys.Name));
        await table.ReplaceAsync(PartitionKeys.Directory, [entry], cancellation);
        added.TryAdd(keys.Name, true);
    }

    public async IAsyncEnumerable<SeriesPartition> ListAsync(string? tenant, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (from, before) = PartitionKeys.DirectoryRange(tenant);
        await foreach (var entry in table.QueryAsync(PartitionKeys.Directory, from, before, "RowKey", etags: false, cancellation))
        {
            yield return PartitionKeys.PartitionOf(entry.RowKey);
        }
    }
}
