using System.Text.Json.Serialization;

namespace Serverless.Domain.Tenants;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(Tenant))]
public sealed partial class TenantJson : JsonSerializerContext;
