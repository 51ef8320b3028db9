using System.Globalization;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Mqtt.SmartRest;

namespace Serverless.Dialects.Cumulocity.Mqtt.Operations;

/// <summary>Operations as rows of the static templates 510 to 530 (the vendor's "Subscribe templates").</summary>
internal static class DownRows
{
    public const string Command = "c8y_Command";

    /// <summary>The fragment that a command of another dialect is shown by.</summary>
    public const string Foreign = "serverless_Command";

    private delegate IEnumerable<string>? Encode(JsonNode fragment, bool isAdvanced);

    private static readonly (string Fragment, Encode Encode)[] Templates =
    [
        ("c8y_Restart", (_, _) => ["510"]),
        (Command, (fragment, _) => ["511", Text(fragment, "text")]),
        (
            Foreign,
            (fragment, _) => fragment["payload"] is JsonValue value && value.TryGetValue<string>(out var text) ? ["511", text] : null
        ),
        ("c8y_Configuration", (fragment, _) => ["513", Text(fragment, "config")]),
        ("c8y_Firmware", (fragment, _) => Firmware(fragment)),
        ("c8y_SoftwareList", (fragment, _) => ["516", .. Items(fragment, "name", "version", "url")]),
        ("c8y_MeasurementRequestOperation", (fragment, _) => ["517", Text(fragment, "requestName")]),
        ("c8y_Relay", (fragment, _) => ["518", Text(fragment, "relayState")]),
        ("c8y_RelayArray", (fragment, _) => ["519", .. (fragment as JsonArray ?? []).Select(Text)]),
        ("c8y_SendConfiguration", (_, _) => ["520"]),
        ("c8y_LogfileRequest", (fragment, _) => ["522", .. Texts(fragment, "logFile", "dateFrom", "dateTo", "searchText", "maximumLines")]),
        ("c8y_CommunicationMode", (fragment, _) => ["523", Text(fragment, "mode")]),
        (
            "c8y_DownloadConfigFile",
            (fragment, _) =>
                fragment is JsonObject { } file && file.ContainsKey("type")
                    ? ["524", .. Texts(file, "url", "type")]
                    : ["521", Text(fragment, "url")]
        ),
        ("c8y_UploadConfigFile", (fragment, _) => ["526", Text(fragment, "type")]),
        ("c8y_DeviceProfile", (fragment, _) => ["527", .. Profile(fragment)]),
        (
            "c8y_SoftwareUpdate",
            (fragment, isAdvanced) =>
                isAdvanced
                    ? ["529", .. Items(fragment, "name", "version", "softwareType", "url", "action")]
                    : ["528", .. Items(fragment, "name", "version", "url", "action")]
        ),
        ("c8y_RemoteAccessConnect", (fragment, _) => ["530", .. Texts(fragment, "hostname", "port", "connectionKey")]),
    ];

    /// <summary>The rows of an operation: one for each of its fragments that has a template.</summary>
    /// <param name="operation">The operation as the API shows it.</param>
    /// <param name="serial">What the client calls the device.</param>
    /// <param name="isAdvanced">Whether the device knows types of software, and so gets 529 instead of 528. [I]</param>
    public static IReadOnlyList<string> Of(JsonObject operation, string serial, bool isAdvanced)
    {
        var rows = new List<string>();
        foreach (var (name, encode) in Templates)
        {
            if (operation[name] is { } fragment && encode(fragment, isAdvanced)?.ToList() is [var id, .. var values])
            {
                rows.Add(SmartRestWriter.Write([id, serial, .. values]));
            }
        }

        return rows;
    }

    private static IEnumerable<string> Firmware(JsonNode fragment) =>
        fragment["dependency"] is not null || Text(fragment, "isPatch") == "true"
            ? ["525", .. Texts(fragment, "name", "version", "url", "dependency")]
            : ["515", .. Texts(fragment, "name", "version", "url")];

    private static IEnumerable<string> Profile(JsonNode fragment)
    {
        if (fragment["firmware"] is { } firmware)
        {
            yield return "$FW";
            foreach (var value in Texts(firmware, "name", "version", "url", "isPatch", "dependency"))
            {
                yield return value;
            }
        }

        if (fragment["software"] is JsonArray software)
        {
            foreach (var value in Items(software, "name", "version", "url", "action").Prepend("$SW"))
            {
                yield return value;
            }
        }

        if (fragment["configuration"] is JsonArray configuration)
        {
            foreach (var value in Items(configuration, "url", "type").Prepend("$CONF"))
            {
                yield return value;
            }
        }
    }

    private static IEnumerable<string> Items(JsonNode list, params string[] members) =>
        (list as JsonArray ?? []).SelectMany(item => Texts(item, members));

    private static IEnumerable<string> Texts(JsonNode? from, params string[] members) => members.Select(member => Text(from, member));

    private static string Text(JsonNode? from, string member) => from is JsonObject known ? Text(known[member]) : "";

    /// <summary>A value as a row has it: text as it is, anything else as JSON.</summary>
    public static string Text(JsonNode? value) =>
        value switch
        {
            null => "",
            JsonValue one when one.TryGetValue<string>(out var text) => text,
            JsonValue one when one.TryGetValue<bool>(out var flag) => flag ? "true" : "false",
            JsonValue one when one.TryGetValue<double>(out var number) && !one.TryGetValue<long>(out _) => number.ToString(
                "R",
                CultureInfo.InvariantCulture
            ),
            _ => value.ToJsonString(),
        };
}
