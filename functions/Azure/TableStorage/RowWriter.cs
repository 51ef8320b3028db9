using System.Security.Cryptography;
using Serverless.Domain.Documents;
using Serverless.Domain.Series;

namespace Serverless.Azure.TableStorage;

/// <summary>Puts and deletes sealed rows of one partition.</summary>
/// <remarks>
/// Each transaction writes the partition's version, a random number. A reader compares it together with the time at which the service says that it was written: a transaction that arrives once
/// more, late, brings the number back and not the time.
/// </remarks>
internal sealed class RowWriter(TableClient table, PartitionKeys keys)
{
    private const int Attempts = 20;

    public async Task PutAsync(IEnumerable<SealedRow> rows, CancellationToken cancellation)
    {
        List<TableOperation> operations = [NewVersion()];
        var bytes = operations[0].Size;
        foreach (var row in rows)
        {
            var put = TableOperation.Replace(
                new EntityJson(keys.Rows, PartitionKeys.Row(row.Key)).Set("Sequence", row.Sequence).SetPayload(row.Payload)
            );
            if (operations.Count == TableOperation.MostPerTransaction || bytes + put.Size > TableOperation.MostBytes)
            {
                await table.ReplaceAsync(keys.Rows, operations, cancellation);
                operations = [NewVersion()];
                bytes = operations[0].Size;
            }

            operations.Add(put);
            bytes += put.Size;
        }

        if (operations.Count > 1)
        {
            await table.ReplaceAsync(keys.Rows, operations, cancellation);
        }
    }

    /// <param name="rows">Keys of rows; those that are not there are passed over.</param>
    /// <param name="cancellation">Cancels what has not begun.</param>
    public async Task DeleteAsync(IEnumerable<string> rows, CancellationToken cancellation)
    {
        foreach (var some in rows.Select(PartitionKeys.Row).Order(StringComparer.Ordinal).Chunk(TableOperation.MostPerTransaction - 1))
        {
            IReadOnlyCollection<string> left = some;
            for (var attempt = 0; left.Count > 0 && !await TryDeleteAsync(left, cancellation); attempt++)
            {
                if (attempt == Attempts)
                {
                    throw new StoreUnavailableException(
                        "Table Storage did not let rows be deleted: too many instances compact one partition."
                    );
                }

                left = await ExistingAsync(left, cancellation);
            }
        }
    }

    private async Task<bool> TryDeleteAsync(IReadOnlyCollection<string> rows, CancellationToken cancellation) =>
        await table.CommitAsync(keys.Rows, [NewVersion(), .. rows.Select(row => TableOperation.Delete(row))], cancellation) is null;

    /// <summary>Those of some row keys, in order, that exist.</summary>
    private async Task<List<string>> ExistingAsync(IReadOnlyCollection<string> rows, CancellationToken cancellation)
    {
        var wanted = rows.ToHashSet();
        var existing = new List<string>();
        await foreach (var row in table.QueryAsync(keys.Rows, rows.First(), rows.Last() + '!', "RowKey", etags: false, cancellation))
        {
            if (wanted.Contains(row.RowKey))
            {
                existing.Add(row.RowKey);
            }
        }

        return existing;
    }

    private TableOperation NewVersion() =>
        TableOperation.Replace(
            new EntityJson(keys.Rows, PartitionKeys.Version).Set(
                "Number",
                BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)) & long.MaxValue
            )
        );
}
