using System.Text.Json.Serialization;

namespace Serverless.Domain.Webhooks;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(Webhook))]
[JsonSerializable(typeof(Delivery))]
internal sealed partial class WebhookJson : JsonSerializerContext;
