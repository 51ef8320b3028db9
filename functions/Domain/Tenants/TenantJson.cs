using System.Text.Json.Serialization;

namespace Serverless.Domain.Tenants;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(Tenant))]
[JsonSerializable(typeof(DatabaseDocument))]
internal sealed partial class TenantJson : JsonSerializerContext;
