using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Serverless.Domain.Devices;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(DeviceTwin))]
[JsonSerializable(typeof(DeviceKeys))]
[JsonSerializable(typeof(RetiredDevice))]
[JsonSerializable(typeof(HubEntry))]
[JsonSerializable(typeof(ExternalIdEntry))]
[JsonSerializable(typeof(DeviceLogLine))]
[JsonSerializable(typeof(LinkEntry))]
[JsonSerializable(typeof(DeviceGroup))]
[JsonSerializable(typeof(Installation))]
public sealed partial class DeviceJson : JsonSerializerContext
{
    /// <summary>The twin as a JSON object.</summary>
    public static JsonObject ToObject(DeviceTwin twin) => JsonSerializer.SerializeToNode(twin, Default.DeviceTwin)!.AsObject();
}
