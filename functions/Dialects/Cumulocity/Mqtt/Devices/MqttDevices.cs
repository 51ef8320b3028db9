using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Registration;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Mqtt.Devices;

/// <summary>Devices as MQTT clients name them: by their serial, the external id c8y_Serial. They are made at their first word (reference 4).</summary>
internal sealed class MqttDevices(
    DeviceDirectory devices,
    DeviceService service,
    DeviceRegistration registration,
    Links links,
    TenantDirectory tenants,
    ProvisioningOptions provisioning,
    DeviceScope scope
)
{
    /// <summary>The type of the external id by which a device is named.</summary>
    public const string Serial = "c8y_Serial";

    /// <summary>The type of the objects that are software on a device.</summary>
    public const string ServiceType = "c8y_Service";

    private const string DeviceType = "c8y_MQTTDevice";
    private const string ChildType = "c8y_MQTTChildDevice";

    public async Task<DeviceTwin?> FindAsync(string tenant, string serial, CancellationToken cancellation) =>
        serial.Length == 0 ? null : (await devices.FindByExternalIdAsync(tenant, new ExternalId(Serial, serial), cancellation))?.Value;

    /// <summary>An object by its serial, or by its id where it has no serial.</summary>
    public async Task<DeviceTwin?> FindByNameAsync(string tenant, string name, CancellationToken cancellation) =>
        (await devices.FindByNameAsync(tenant, Serial, name, cancellation))?.Value;

    /// <summary>The object with an external id; a device that is named by its serial is made, behind the client's own, where the tenant does so.</summary>
    internal async Task<DeviceTwin?> FindOrMakeChildAsync(DeviceDoor door, string type, string id)
    {
        var found = await devices.FindByExternalIdAsync(door.Tenant, new ExternalId(type, id), door.Cancellation);
        if (found is not null || type != Serial || !await MakesUnknownAsync(door.Tenant, door.Cancellation))
        {
            return found?.Value;
        }

        var root = await door.RootAsync();
        return id == door.Serial ? root : (await MakeChildAsync(door.Caller, root, id, "", "", true, door.Cancellation)).Device;
    }

    /// <summary>What a client calls an object: its serial, or its id where it has none.</summary>
    public async Task<string> NameAsync(string tenant, string id, CancellationToken cancellation) =>
        (await devices.FindAsync(tenant, id, cancellation))?.Value.NameIn(Serial) ?? id;

    /// <summary>Refuses a device's user what is not its own or behind that.</summary>
    /// <exception cref="CumulocityException">It is not.</exception>
    public async Task CheckAsync(Caller caller, DeviceTwin twin, CancellationToken cancellation)
    {
        if (!await IsOfAsync(caller, twin, cancellation))
        {
            throw CumulocityErrors.Forbidden;
        }
    }

    /// <summary>Whether an object is one that a caller may act for.</summary>
    public ValueTask<bool> IsOfAsync(Caller caller, DeviceTwin twin, CancellationToken cancellation) =>
        scope.ContainsAsync(caller, Permission.Write, twin, cancellation);

    /// <summary>Whether devices are made that nobody has asked for by name.</summary>
    public async Task<bool> MakesUnknownAsync(string tenant, CancellationToken cancellation) =>
        ((await tenants.FindAsync(tenant, cancellation))?.Value.Settings.UnknownDevices ?? provisioning.UnknownDevices)
        == UnknownDevices.AutoProvision;

    /// <summary>Makes the device of a client.</summary>
    /// <returns>The device, and whether it was made now.</returns>
    /// <exception cref="DomainException">The serial or a name is none.</exception>
    public async Task<(DeviceTwin Device, bool Made)> MakeAsync(
        string tenant,
        string owner,
        string serial,
        string name,
        string type,
        CancellationToken cancellation
    )
    {
        if (await FindAsync(tenant, serial, cancellation) is { } there)
        {
            return (there, false);
        }

        var device = new NewDevice
        {
            Name = name.Length > 0 ? name : $"MQTT Device {serial}",
            Type = type.Length > 0 ? type : null,
            Owner = owner,
            ExternalIds = [new ExternalId(Serial, serial)],
            Fragments = new JsonObject { ["c8y_IsDevice"] = new JsonObject(), ["com_cumulocity_model_Agent"] = new JsonObject() },
        };
        device = await registration.CompleteAsync(tenant, device, cancellation);
        return await MakeAsync(tenant, device with { Type = device.Type ?? DeviceType }, cancellation);
    }

    /// <summary>Makes a device behind another one; one that is there already becomes its child.</summary>
    /// <returns>The child, and whether anything was done.</returns>
    /// <exception cref="DomainException">A name is none, or the parent is behind the child itself.</exception>
    public async Task<(DeviceTwin Device, bool Made)> MakeChildAsync(
        Caller caller,
        DeviceTwin parent,
        string id,
        string name,
        string type,
        bool isDevice,
        CancellationToken cancellation
    )
    {
        var (child, made) = await MakeAsync(
            caller.Tenant,
            new NewDevice
            {
                Name = name.Length > 0 ? name : $"MQTT Device {id}",
                Type = type.Length > 0 ? type : ChildType,
                Owner = parent.Owner,
                IsAsset = !isDevice,
                Parents = [parent.Id],
                ExternalIds = [new ExternalId(Serial, id)],
                Fragments = isDevice ? new JsonObject { ["c8y_IsDevice"] = new JsonObject() } : [],
            },
            cancellation
        );
        if (made || child.Parents.Contains(parent.Id))
        {
            return (child, made);
        }

        // Else a device could make any other one its own.
        await CheckAsync(caller, child, cancellation);
        return ((await links.AddAsync(caller.Tenant, parent.Id, Relation.Device, child.Id, cancellation)).Value, true);
    }

    /// <summary>Makes a service of a device, or brings the one that is there up to date.</summary>
    /// <exception cref="DomainException">A name is none.</exception>
    public async Task<DeviceTwin> PutServiceAsync(
        Caller caller,
        DeviceTwin parent,
        string id,
        string kind,
        string name,
        string status,
        CancellationToken cancellation
    )
    {
        var fragments = new JsonObject { ["serviceType"] = kind, ["status"] = status };
        var (there, made) = await MakeAsync(
            caller.Tenant,
            new NewDevice
            {
                Name = name,
                Type = ServiceType,
                Owner = parent.Owner,
                IsAsset = true,
                AdditionParents = [parent.Id],
                ExternalIds = [new ExternalId(Serial, id)],
                Fragments = fragments,
            },
            cancellation
        );
        if (made)
        {
            return there;
        }

        await CheckAsync(caller, there, cancellation);
        var stored = await devices.UpdateAsync(
            caller.Tenant,
            there.Id,
            twin =>
            {
                var merged = JsonMerge.Apply(twin.Fragments, fragments);
                var parents = twin.AdditionParents.Contains(parent.Id) ? twin.AdditionParents : [.. twin.AdditionParents, parent.Id];
                return twin.Name == name && JsonNode.DeepEquals(merged, twin.Fragments) && parents == twin.AdditionParents
                    ? twin
                    : twin with
                    {
                        Name = name,
                        Fragments = merged,
                        AdditionParents = parents,
                    };
            },
            null,
            cancellation
        );
        return stored.Value;
    }

    private async Task<(DeviceTwin Device, bool Made)> MakeAsync(string tenant, NewDevice device, CancellationToken cancellation)
    {
        var serial = device.ExternalIds[0].Value;
        if (await FindAsync(tenant, serial, cancellation) is { } there)
        {
            return (there, false);
        }

        try
        {
            return ((await service.CreateAsync(tenant, device, cancellation)).Value, true);
        }
        catch (DomainException taken) when (taken.Refusal == Refusal.Exists)
        {
            // Another connection or instance has made it at this moment.
            if (await FindAsync(tenant, serial, cancellation) is { } other)
            {
                return (other, false);
            }

            throw;
        }
    }
}
