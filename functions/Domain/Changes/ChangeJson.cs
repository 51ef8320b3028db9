using System.Text.Json.Serialization;

namespace Serverless.Domain.Changes;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ChangeDocument))]
[JsonSerializable(typeof(ChangeHead))]
[JsonSerializable(typeof(Listener))]
internal sealed partial class ChangeJson : JsonSerializerContext;
