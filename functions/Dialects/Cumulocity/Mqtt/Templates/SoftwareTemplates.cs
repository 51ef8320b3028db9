using System.Text.Json.Nodes;

namespace Serverless.Dialects.Cumulocity.Mqtt.Templates;

/// <summary>Templates 115, 116 and 14x: the software that a device has.</summary>
internal static class SoftwareTemplates
{
    private const string List = "c8y_SoftwareList";

    private static readonly string[] Advanced = ["name", "version", "softwareType", "url"];

    public static readonly IReadOnlyDictionary<string, Template> All = new Dictionary<string, Template>
    {
        ["115"] = call =>
            InventoryTemplates.PatchAsync(
                call,
                "c8y_Firmware",
                TemplateValues.Object([("name", call.Row[1]), ("version", call.Row[2]), ("url", call.Row[3])])
            ),
        ["116"] = call => InventoryTemplates.PatchAsync(call, List, call.Objects(1, "name", "version", "url")),
        ["140"] = call => InventoryTemplates.PatchAsync(call, List, call.Objects(1, Advanced)),
        ["141"] = call => ChangeAsync(call, Append),
        ["142"] = call => ChangeAsync(call, Remove),
        ["143"] = call => InventoryTemplates.PatchAsync(call, "c8y_SupportedSoftwareTypes", InventoryTemplates.OrNull(call.List(1))),
    };

    private static async Task ChangeAsync(TemplateCall call, Action<TemplateCall, List<JsonNode?>> change)
    {
        call.Text(1, "name of the software");
        var device = await call.Door.DeviceAsync();
        var items = device.Fragments[List] is JsonArray known ? known.Select(item => item?.DeepClone()).ToList() : [];
        change(call, items);
        await call.Door.PatchAsync(device, new JsonObject { [List] = new JsonArray([.. items]) });
    }

    /// <summary>What is there by this name, version and type already is not there twice, also where the message comes again.</summary>
    private static void Append(TemplateCall call, List<JsonNode?> items)
    {
        foreach (var item in call.Objects(1, Advanced).Select(item => item!.DeepClone()))
        {
            items.RemoveAll(known => Is(known, item, "name") && Is(known, item, "version") && Is(known, item, "softwareType"));
            items.Add(item);
        }
    }

    private static void Remove(TemplateCall call, List<JsonNode?> items)
    {
        foreach (var item in call.Objects(1, "name", "version"))
        {
            items.RemoveAll(known => Is(known, item, "name") && (item!["version"] is null || Is(known, item, "version")));
        }
    }

    private static bool Is(JsonNode? known, JsonNode? item, string member) =>
        known is JsonObject software && JsonNode.DeepEquals(software[member], item![member]);
}
