using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Serverless.Domain.Devices;

namespace Serverless.Domain.Tenants;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(Tenant))]
[JsonSerializable(typeof(DatabaseDocument))]
internal sealed partial class TenantJson : JsonSerializerContext;

/// <summary>A tenant's settings as JSON, with the names that the bootstrap file and the management API use.</summary>
public static class TenantSettingsJson
{
    public static JsonObject ToJson(this TenantSettings settings) =>
        JsonSerializer.SerializeToNode(settings, TenantJson.Default.TenantSettings)!.AsObject();

    /// <summary>The settings with a merge patch (RFC 7396): null sets a member back to its default.</summary>
    /// <exception cref="DomainException">A member is not of its type.</exception>
    public static TenantSettings Merge(this TenantSettings settings, JsonObject patch)
    {
        try
        {
            // A member that is missing would be read as zero, which of a limit is none.
            var merged = JsonMerge.Apply(new TenantSettings().ToJson(), JsonMerge.Apply(settings.ToJson(), patch));
            return merged.Deserialize(TenantJson.Default.TenantSettings)!;
        }
        catch (JsonException wrong)
        {
            throw DomainException.Invalid($"settings{wrong.Path?.TrimStart('$')}", "The setting is not of its type.");
        }
    }
}
