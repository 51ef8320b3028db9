using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Mqtt.SmartRest;

namespace Serverless.Dialects.Cumulocity.Mqtt.Templates;

/// <summary>Templates 1xx: devices, and what is known of them.</summary>
internal static class InventoryTemplates
{
    private const int ChildrenShown = 2000;
    private const string RequiredAvailability = "c8y_RequiredAvailability";
    private const string Profile = "c8y_Profile";

    public static readonly IReadOnlyDictionary<string, Template> All = new Dictionary<string, Template>
    {
        ["100"] = CreateAsync,
        ["101"] = CreateChildAsync,
        ["102"] = CreateServiceAsync,
        ["104"] = SetStatusAsync,
        ["105"] = ListChildrenAsync,
        ["107"] = ClearAsync,
        ["110"] = call => SetAsync(call, "c8y_Hardware", "serialNumber", "model", "revision"),
        ["111"] = call => SetAsync(call, "c8y_Mobile", "imei", "iccid", "imsi", "mcc", "mnc", "lac", "cellId"),
        ["112"] = async call => await PatchAsync(call, "c8y_Position", DataTemplates.Position(call)),
        ["113"] = call => SetAsync(call, "c8y_Configuration", "config"),
        ["114"] = call => PatchAsync(call, "c8y_SupportedOperations", call.List(1)),
        ["117"] = SetRequiredAvailabilityAsync,
        ["118"] = call => PatchAsync(call, "c8y_SupportedLogs", call.List(1)),
        ["119"] = call => PatchAsync(call, "c8y_SupportedConfigurations", call.List(1)),
        ["120"] = SetConfigurationAsync,
        ["121"] = SetProfileAsync,
        ["122"] = SetAgentAsync,
        ["123"] = TellIdAsync,
        ["125"] = async call => await call.Door.PatchAsync(await call.Door.DeviceAsync(), []),
        ["150"] = call =>
            PatchAsync(
                call,
                "c8y_RemoteAccessSupportedProtocols",
                OrNull([.. call.List(1).Select(name => JsonValue.Create(name!.GetValue<string>().ToUpperInvariant()))])
            ),
    };

    /// <summary>Sets a member of the device that the row is of.</summary>
    public static async Task PatchAsync(TemplateCall call, string member, JsonNode? value) =>
        await call.Door.PatchAsync(await call.Door.DeviceAsync(), new JsonObject { [member] = value });

    /// <summary>An empty list removes the member.</summary>
    public static JsonArray? OrNull(JsonArray list) => list.Count > 0 ? list : null;

    private static Task SetAsync(TemplateCall call, string member, params string[] names) =>
        PatchAsync(call, member, TemplateValues.Object(names.Select((name, i) => (name, call.Row[i + 1]))));

    private static async Task CreateAsync(TemplateCall call)
    {
        var door = call.Door;
        var (name, type) = (call.Row[1], call.Row[2]);
        var (_, made) = door.Child is { } child
            ? await door.Devices.MakeChildAsync(door.Caller, await door.RootAsync(), child, name, type, true, door.Cancellation)
            : await door.Devices.MakeAsync(door.Tenant, door.Caller.User, door.Serial, name, type, door.Cancellation);
        if (!made)
        {
            // Agents look for this very row to see that they are known (thin-edge.io's "tedge connect c8y --test").
            throw call.Refused("Device already existing");
        }
    }

    private static async Task CreateChildAsync(TemplateCall call)
    {
        var isDevice = call.Optional(4) is not { } marker || !marker.Equals("false", StringComparison.OrdinalIgnoreCase);
        var (id, name, type) = (call.Text(1, "unique child ID"), call.Row[2], call.Row[3]);
        var parent = await call.Door.DeviceAsync();
        if (id == call.Door.Serial)
        {
            throw call.Refused("A device is not its own child");
        }

        var (_, made) = await call.Door.Devices.MakeChildAsync(call.Door.Caller, parent, id, name, type, isDevice, call.Door.Cancellation);
        if (!made)
        {
            throw call.Refused("Child device already existing");
        }
    }

    private static async Task CreateServiceAsync(TemplateCall call)
    {
        var (id, kind) = (call.Text(1, "service unique external id"), call.Text(2, "service type"));
        var (name, status) = (call.Text(3, "service name"), call.Text(4, "service status"));
        var parent = await call.Door.DeviceAsync();
        await call.Door.Devices.PutServiceAsync(call.Door.Caller, parent, id, kind, name, status, call.Door.Cancellation);
    }

    private static async Task SetStatusAsync(TemplateCall call)
    {
        var status = call.Text(1, "service status");
        if (call.Door.Child is null || await call.Door.FindAsync() is not { } service)
        {
            throw call.Refused("The topic's last level is to be the id of a service");
        }

        await call.Door.PatchAsync(service, new JsonObject { ["status"] = status });
    }

    private static async Task ListChildrenAsync(TemplateCall call)
    {
        var device = await call.Door.DeviceAsync();
        var path = $"/inventory/managedObjects/{device.Id}/childDevices?pageSize={ChildrenShown}";
        var children = new List<string> { "106" };
        foreach (var reference in (await call.Door.GetAsync(path))?["references"]?.AsArray() ?? [])
        {
            if ((string?)reference?["managedObject"]?["id"] is { } id)
            {
                children.Add(await call.Door.Devices.NameAsync(call.Door.Tenant, id, call.Door.Cancellation));
            }
        }

        call.Door.Reply(SmartRestWriter.Write(children));
    }

    private static async Task ClearAsync(TemplateCall call)
    {
        call.Text(1, "fragmentName");
        var patch = new JsonObject();
        foreach (var name in call.Row.From(1).Where(name => name.Length > 0))
        {
            patch[name] = null;
        }

        await call.Door.PatchAsync(await call.Door.DeviceAsync(), patch);
    }

    /// <summary>Only where nobody has set it: what people have chosen stays.</summary>
    private static async Task SetRequiredAvailabilityAsync(TemplateCall call)
    {
        var minutes =
            call.Optional(1) is null ? null
            : int.TryParse(call.Row[1], out var whole) ? JsonValue.Create(whole)
            : throw call.Wrong($"Value is not an INTEGER: {call.Row[1][..Math.Min(call.Row[1].Length, 64)]}");
        var device = await call.Door.DeviceAsync();
        if (minutes is not null && !device.Fragments.ContainsKey(RequiredAvailability))
        {
            await call.Door.PatchAsync(
                device,
                new JsonObject { [RequiredAvailability] = new JsonObject { ["responseInterval"] = minutes } }
            );
        }
    }

    private static Task SetConfigurationAsync(TemplateCall call)
    {
        var (type, url) = (call.Text(1, "configuration type"), call.Text(2, "configuration file download URL"));
        var configuration = new JsonObject
        {
            ["name"] = call.Optional(3) ?? type,
            ["time"] = call.Time(4),
            ["url"] = url,
        };
        return PatchAsync(call, $"c8y_Configuration_{type}", configuration);
    }

    private static async Task SetProfileAsync(TemplateCall call)
    {
        var executed = call.Text(1, "profile executed").Equals("true", StringComparison.OrdinalIgnoreCase);
        var device = await call.Door.DeviceAsync();
        var profile = device.Fragments[Profile] is JsonObject known ? known.DeepClone().AsObject() : [];
        profile["profileExecuted"] = executed;
        if (call.Optional(2) is { } id)
        {
            profile["profileId"] = id;
        }
        else if (await OperationTemplates.FindAsync(call, device, "c8y_DeviceProfile", "EXECUTING") is { } operation)
        {
            profile["profileId"] = operation["profileId"]?.DeepClone();
            profile["profileName"] = operation["profileName"]?.DeepClone();
        }

        await call.Door.PatchAsync(device, new JsonObject { [Profile] = profile });
    }

    private static Task SetAgentAsync(TemplateCall call)
    {
        _ = (call.Text(1, "name of the agent"), call.Text(2, "version of the agent"));
        return SetAsync(call, "c8y_Agent", "name", "version", "url", "maintainer");
    }

    private static async Task TellIdAsync(TemplateCall call) =>
        call.Door.Reply(SmartRestWriter.Write("124", (await call.Door.DeviceAsync()).Id));
}
