using System.Collections.Frozen;
using Serverless.Dialects.Cumulocity.Mqtt.SmartRest;

namespace Serverless.Dialects.Cumulocity.Mqtt.Templates;

/// <summary>What a row with a static template's id does.</summary>
internal delegate Task Template(TemplateCall call);

/// <summary>The static templates (reference 4; the vendor's "MQTT static templates").</summary>
internal static class StaticTemplates
{
    // What agents compare when they ask for the platform's version. [I]
    private const string PlatformVersion = "2025.0.0";

    private static readonly FrozenDictionary<string, Template> Templates = new[]
    {
        InventoryTemplates.All,
        SoftwareTemplates.All,
        DataTemplates.All,
        AlarmTemplates.All,
        OperationTemplates.All,
        new Dictionary<string, Template>
        {
            ["600"] = call => Replied(call, "601", PlatformVersion),
            ["602"] = call => Replied(call, ["603", .. Ids!]),
        },
    }.SelectMany(part => part).ToFrozenDictionary(pair => pair.Key, pair => pair.Value);

    /// <summary>The ids of all templates, in order.</summary>
    public static readonly IReadOnlyList<string> Ids = [.. Templates.Keys.Order(StringComparer.Ordinal)];

    /// <exception cref="SmartRestException">There is no such template, or it refuses the row.</exception>
    public static Task RunAsync(TemplateCall call) =>
        Templates.TryGetValue(call.Row.Id, out var template)
            ? template(call)
            : throw new SmartRestException(SmartRestError.NoTemplate, call.Row.Id, "There is no static template with this message id");

    private static Task Replied(TemplateCall call, params IReadOnlyList<string> values)
    {
        call.Door.Reply(SmartRestWriter.Write(values));
        return Task.CompletedTask;
    }
}
