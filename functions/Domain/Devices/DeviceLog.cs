using System.Text.Json.Nodes;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Devices;

/// <summary>What devices have written into their own logs.</summary>
public sealed class DeviceLog(IDocumentStore store)
{
    /// <summary>One page of a device's lines, newest first.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The device's id.</param>
    /// <param name="level">The least <see cref="DeviceLogLine.Level"/> of the lines.</param>
    /// <param name="limit">The most lines of the page.</param>
    /// <param name="cursor">The previous page's cursor, or null.</param>
    /// <param name="cancellation">Cancels it.</param>
    public async Task<(IReadOnlyList<DeviceLogLine> Lines, string? Cursor)> ListAsync(
        string tenant,
        string id,
        int level,
        int limit,
        string? cursor,
        CancellationToken cancellation
    )
    {
        var source = Filter.Eq("source", JsonValue.Create(id));
        var filter =
            level <= 0 ? source : Filter.All(source, new Filter.Compare("level", Comparison.GreaterOrEqual, JsonValue.Create(level)));
        var query = new DocumentQuery(tenant, Kinds.DeviceLog, filter, [new Ordering("time", true)], limit, cursor);
        var (lines, next) = await store.QueryAsync(query, DeviceJson.Default.DeviceLogLine, cancellation);
        return ([.. lines.Select(line => line.Value)], next);
    }
}
