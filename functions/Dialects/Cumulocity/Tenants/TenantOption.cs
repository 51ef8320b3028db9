using System.Text.Json.Serialization;

namespace Serverless.Dialects.Cumulocity.Tenants;

/// <summary>A setting of a tenant: a text under a category and a key.</summary>
/// <param name="Type">The category; called so that lists by it are answered from an index.</param>
/// <param name="Name">The key.</param>
/// <param name="Value">The text; null where it is a secret, of which only is kept that it was set.</param>
internal sealed record TenantOption(string Type, string Name, string? Value);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TenantOption))]
internal sealed partial class TenantOptionJson : JsonSerializerContext;
