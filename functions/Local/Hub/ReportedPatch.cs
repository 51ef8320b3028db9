using System.Text.Json.Nodes;
using Serverless.Local.Mqtt.IotHub;

namespace Serverless.Local.Hub;

/// <summary>What IoT Hub takes as a patch of reported properties: names without dots, dollars and controls, at most ten deep, 32 KiB in all.</summary>
internal static class ReportedPatch
{
    private const int Deepest = 10;
    private const int MostBytes = 32 * 1024;

    /// <exception cref="HubRequestException">400, with what is wrong.</exception>
    public static void Check(JsonObject patch) => Check(patch, 1);

    /// <exception cref="HubRequestException">413 where the properties have become too large.</exception>
    public static void CheckSize(JsonObject reported)
    {
        if (reported.ToJsonString().Length > MostBytes)
        {
            throw new HubRequestException(413, $"Reported properties have at most {MostBytes} bytes.");
        }
    }

    private static void Check(JsonNode? node, int depth)
    {
        if (depth > Deepest)
        {
            throw new HubRequestException(400, $"Properties are nested at most {Deepest} deep.");
        }

        if (node is JsonObject members)
        {
            foreach (var (name, value) in members)
            {
                if (name.Length == 0 || name.Any(c => c is '.' or '$' or ' ' || char.IsControl(c)))
                {
                    throw new HubRequestException(
                        400,
                        $"'{name}' is no name for a property: it has no dot, dollar, space or control character."
                    );
                }

                Check(value, depth + 1);
            }
        }
        else if (node is JsonArray items)
        {
            foreach (var item in items)
            {
                Check(item, depth + 1);
            }
        }
    }
}
