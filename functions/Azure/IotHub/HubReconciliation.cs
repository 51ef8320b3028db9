using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;

namespace Serverless.Azure.IotHub;

/// <summary>What a reconciliation found and put right.</summary>
/// <param name="AtHub">Devices in the hub's registry.</param>
/// <param name="Here">Devices in the directory.</param>
/// <param name="Registered">Hub ids of devices of ours that the hub did not know.</param>
/// <param name="Unknown">Hub ids of devices that nobody here knew; they were taken on where the tenant's setting says so.</param>
/// <param name="Switched">Hub ids of devices that the hub let in and the directory did not, or the other way; the directory has the last word.</param>
/// <param name="Connections">Hub ids of twins whose connection was not the hub's.</param>
/// <param name="Refused">Hub ids of devices that the hub did not take.</param>
public sealed record HubDifferences(
    long AtHub,
    long Here,
    IReadOnlyList<string> Registered,
    IReadOnlyList<string> Unknown,
    IReadOnlyList<string> Switched,
    IReadOnlyList<string> Connections,
    IReadOnlyList<string> Refused
);

/// <summary>
/// Brings hub and directory back into step, where an event was lost or somebody changed one of them alone. The hub's twins go the way of its events, so that only what is newer than what is known
/// changes anything. It may run at any time, and again where it was cut off.
/// </summary>
public sealed partial class HubReconciliation(
    IotHubClient hub,
    IDeviceGateway gateway,
    TenantDirectory tenants,
    DeviceDirectory devices,
    ITelemetryIngest ingest,
    TimeProvider time,
    ILogger<HubReconciliation> logger
)
{
    private const string AllDevices = "SELECT * FROM devices";
    private const int PageSize = 100;

    /// <exception cref="Domain.Documents.StoreUnavailableException">The hub or the store does not answer; what was put right until then stays.</exception>
    public async Task<HubDifferences> RunAsync(CancellationToken cancellation)
    {
        var found = new Findings();
        string? next = null;
        do
        {
            (var rows, next) = await hub.QueryAsync(AllDevices, PageSize, next, cancellation);
            foreach (var row in rows.OfType<JsonObject>())
            {
                await FollowAsync(row, found, cancellation);
            }
        } while (next is not null);

        await foreach (var tenant in tenants.AllAsync(cancellation))
        {
            await LeadAsync(tenant.Value.Id, found, cancellation);
        }

        var differences = found.ToDifferences();
        Done(
            differences.AtHub,
            differences.Here,
            differences.Registered.Count,
            differences.Unknown.Count,
            differences.Switched.Count,
            differences.Connections.Count,
            differences.Refused.Count
        );
        return differences;
    }

    /// <summary>What the hub has to say of a device.</summary>
    private async Task FollowAsync(JsonObject row, Findings found, CancellationToken cancellation)
    {
        var hubId = row["deviceId"]?.ToString() ?? "";
        found.AtHub.Add(hubId);
        var known = (await devices.FindByHubIdAsync(hubId, cancellation))?.Device.Value;
        if (known is null)
        {
            // The hub's query lags behind its registry: a device that was deleted a moment ago must not come back.
            if (!await hub.HasAsync(hubId, cancellation))
            {
                found.AtHub.Remove(hubId);
                return;
            }

            found.Unknown.Add(hubId);
        }
        else if (row["status"]?.ToString() != RegistryJson.StatusOf(known.Enabled))
        {
            found.Switched.Add(hubId);
        }

        var now = time.GetUtcNow();
        var messages = new List<DeviceMessage> { EventOf(hubId, MessageSource.TwinChange, "replaceTwin", now, row) };
        // A twin tells whether its device is connected, and the registry alone since when: it is asked where the two differ.
        var before = known?.Connection;
        var wasConnected = before?.Connected ?? false;
        if (
            RegistryJson.IsConnected(row) != wasConnected
            && await gateway.GetConnectionAsync(hubId, cancellation) is { Since: { } since } state
            && state.Connected != wasConnected
            && (before is null || before.Since <= since)
        )
        {
            found.Connections.Add(hubId);
            messages.Add(
                EventOf(hubId, MessageSource.ConnectionState, state.Connected ? "deviceConnected" : "deviceDisconnected", since, [])
            );
        }

        await ingest.IngestAsync(messages, cancellation);
    }

    /// <summary>What the directory has to say of a tenant's devices.</summary>
    private async Task LeadAsync(string tenant, Findings found, CancellationToken cancellation)
    {
        string? cursor = null;
        do
        {
            (var page, cursor) = await devices.ListAsync(tenant, null, null, PageSize, cursor, cancellation);
            foreach (var (twin, _) in page)
            {
                found.Here++;
                var isNew = !found.AtHub.Contains(twin.HubId);
                if (isNew || found.Switched.Contains(twin.HubId))
                {
                    await RegisterAsync(tenant, twin, isNew, found, cancellation);
                }
            }
        } while (cursor is not null);
    }

    private async Task RegisterAsync(string tenant, DeviceTwin twin, bool isNew, Findings found, CancellationToken cancellation)
    {
        try
        {
            var keys = await devices.GetKeysAsync(tenant, twin.Id, cancellation);
            await gateway.RegisterAsync(DeviceService.Identity(twin, keys), cancellation);
            if (await devices.FindByHubIdAsync(twin.HubId, cancellation) is null)
            {
                // It was deleted here, or got another id, since its page was read.
                await gateway.RemoveAsync(twin.HubId, cancellation);
            }
            else if (isNew)
            {
                found.Registered.Add(twin.HubId);
            }
        }
        catch (DomainException refused)
        {
            found.Refused.Add(twin.HubId);
            Refused(twin.HubId, refused.Message);
        }
    }

    private static DeviceMessage EventOf(string hubId, MessageSource source, string operation, DateTimeOffset time, JsonObject body) =>
        new(
            hubId,
            Encoding.UTF8.GetBytes(body.ToJsonString()),
            time,
            source,
            DeviceMessage.NoProperties,
            new Dictionary<string, string> { ["opType"] = operation, ["operationTimestamp"] = time.ToString("O") }
        );

    [LoggerMessage(
        1,
        LogLevel.Information,
        "Hub and directory are in step: {AtHub} devices at the hub, {Here} here; {Registered} registered, {Unknown} unknown, {Switched} switched, {Connections} connections, {Refused} refused"
    )]
    private partial void Done(long atHub, long here, int registered, int unknown, int switched, int connections, int refused);

    [LoggerMessage(2, LogLevel.Warning, "The hub does not take the device {HubId}: {Reason}")]
    private partial void Refused(string hubId, string reason);

    private sealed class Findings
    {
        public HashSet<string> AtHub { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Switched { get; } = new(StringComparer.Ordinal);

        public List<string> Registered { get; } = [];

        public List<string> Unknown { get; } = [];

        public List<string> Connections { get; } = [];

        public List<string> Refused { get; } = [];

        public long Here { get; set; }

        public HubDifferences ToDifferences() => new(AtHub.Count, Here, Registered, Unknown, [.. Switched], Connections, Refused);
    }
}
