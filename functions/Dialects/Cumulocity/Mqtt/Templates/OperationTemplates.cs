using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Mqtt.Operations;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Mqtt.Templates;

/// <summary>Templates 5xx: what a device says of its operations.</summary>
internal static class OperationTemplates
{
    private const string Pending = "PENDING";
    private const string Executing = "EXECUTING";
    private const int PageSize = 2000;

    public static readonly IReadOnlyDictionary<string, Template> All = new Dictionary<string, Template>
    {
        ["500"] = call => call.Door.PushPendingAsync(),
        ["501"] = async call => await SetAsync(call, await OldestAsync(call, Pending), Status(Executing)),
        ["502"] = async call => await SetAsync(call, await OldestAsync(call, Executing), Failed(call)),
        ["503"] = async call => await SucceedAsync(call, await OldestAsync(call, Executing)),
        ["504"] = async call => await SetAsync(call, await ByIdAsync(call), Status(Executing)),
        ["505"] = async call => await SetAsync(call, await ByIdAsync(call), Failed(call)),
        ["506"] = async call => await SucceedAsync(call, await ByIdAsync(call)),
        ["507"] = FailAllAsync,
    };

    /// <summary>The device's oldest operation with a fragment and status, or null.</summary>
    public static async Task<JsonObject?> FindAsync(TemplateCall call, DeviceTwin device, string fragment, string status)
    {
        // A command of another dialect goes down as a c8y_Command where it is text.
        string[] names = fragment == DownRows.Command ? [fragment, DownRows.Foreign] : [fragment];
        var found = new List<JsonObject>();
        foreach (var name in names)
        {
            var path =
                $"/devicecontrol/operations?deviceId={device.Id}&fragmentType={Uri.EscapeDataString(name)}&status={status}&pageSize=1";
            found.AddRange(Operations(await call.Door.GetAsync(path)));
        }

        return found.OrderBy(operation => Number(operation)).FirstOrDefault();
    }

    private static async Task<JsonObject> OldestAsync(TemplateCall call, string status)
    {
        var fragment = call.Text(1, "fragment");
        return await FindAsync(call, await call.Door.DeviceAsync(), fragment, status)
            ?? throw call.Refused($"There is no operation {fragment} of the device that is {status}");
    }

    private static async Task<JsonObject> ByIdAsync(TemplateCall call)
    {
        var id = call.Text(1, "operationId");
        var device = await call.Door.DeviceAsync();
        return
            id.All(char.IsAsciiDigit)
            && await call.Door.GetAsync($"/devicecontrol/operations/{id}") is JsonObject operation
            && (string?)operation["deviceId"] == device.Id
            ? operation
            : throw call.Refused($"There is no operation {id} of the device");
    }

    private static JsonObject Status(string status) => new() { ["status"] = status };

    private static JsonObject Failed(TemplateCall call)
    {
        var change = Status("FAILED");
        if (call.Optional(2) is { } reason)
        {
            change["failureReason"] = reason;
        }

        return change;
    }

    private static Task<JsonNode?> SetAsync(TemplateCall call, JsonObject operation, JsonObject change) =>
        call.Door.PutAsync($"/devicecontrol/operations/{operation["id"]}", change);

    /// <summary>What is said with it belongs to the operation, or to the device, as the kind of operation has it.</summary>
    private static async Task SucceedAsync(TemplateCall call, JsonObject operation)
    {
        var change = Status("SUCCESSFUL");
        var patch = new JsonObject();
        var said = call.Row.From(2);
        Take(operation, "c8y_Command", "result", said, change);
        Take(operation, "c8y_LogfileRequest", "file", said, change);
        Take(operation, "c8y_UploadConfigFile", "file", said, change);
        if (operation["c8y_RelayArray"] is not null && said.Count > 0)
        {
            patch["c8y_RelayArray"] = new JsonArray([.. said.Select(state => JsonValue.Create(state))]);
        }

        if (operation["c8y_CommunicationMode"] is { } mode)
        {
            patch["c8y_CommunicationMode"] = mode.DeepClone();
        }

        if (operation["c8y_DownloadConfigFile"]?["c8y_ConfigurationDump"]?["id"] is { } dump)
        {
            patch["c8y_ConfigurationDump"] = new JsonObject { ["id"] = dump.DeepClone(), ["time"] = call.Time(2) };
        }

        if (patch.Count > 0)
        {
            await call.Door.PatchAsync(await call.Door.DeviceAsync(), patch);
        }

        await SetAsync(call, operation, change);
    }

    private static void Take(JsonObject operation, string fragment, string member, IReadOnlyList<string> said, JsonObject change)
    {
        if (operation[fragment] is JsonObject known && said.Count > 0)
        {
            var with = known.DeepClone().AsObject();
            with[member] = said[0];
            change[fragment] = with;
        }
    }

    private static async Task FailAllAsync(TemplateCall call)
    {
        var device = await call.Door.DeviceAsync();
        var fragment = call.Optional(1) is { } name ? $"&fragmentType={Uri.EscapeDataString(name)}" : "";
        var path = $"/devicecontrol/operations?deviceId={device.Id}&status={Executing}{fragment}&pageSize={PageSize}";
        foreach (var operation in Operations(await call.Door.GetAsync(path)))
        {
            await SetAsync(call, operation, Failed(call));
        }
    }

    private static IEnumerable<JsonObject> Operations(JsonNode? page) => page?["operations"]?.AsArray().OfType<JsonObject>() ?? [];

    private static long Number(JsonObject operation) => long.TryParse((string?)operation["id"], out var id) ? id : long.MaxValue;
}
