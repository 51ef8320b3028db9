using System.Text;
using Serverless.Dialects.ThingScale.Streams;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.TimeSeries;

namespace Serverless.Dialects.ThingScale.Users;

/// <summary>How many rows an account keeps as they were sent, and their bytes as JSON.</summary>
/// <param name="Count">Rows.</param>
/// <param name="Bytes">Bytes of all rows together.</param>
internal sealed record StorageUsage(long Count, long Bytes)
{
    /// <summary>The most rows that are counted: all must be read for it.</summary>
    public const int MostCounted = 200_000;

    /// <returns>Null where there are more than <see cref="MostCounted"/>.</returns>
    public static async Task<StorageUsage?> CountAsync(SeriesStore store, string tenant, CancellationToken cancellation)
    {
        var usage = new StorageUsage(0, 0);
        var all = await store.FindSeriesAsync(tenant, Tenant.DeviceDatabase, Readings.MessageMeasurement, null, cancellation);
        foreach (var series in all)
        {
            foreach (var field in KeptMessage.FieldsOf(series))
            {
                await foreach (var chunk in store.ScanAsync(series, field, long.MinValue, long.MaxValue, false, cancellation))
                {
                    usage = usage with { Count = usage.Count + chunk.Count };
                    if (usage.Count > MostCounted)
                    {
                        return null;
                    }

                    for (var i = 0; i < chunk.Count; i++)
                    {
                        usage = usage with { Bytes = usage.Bytes + Encoding.UTF8.GetByteCount(chunk.ValueAt(i).ToString()) };
                    }
                }
            }
        }

        return usage;
    }
}
