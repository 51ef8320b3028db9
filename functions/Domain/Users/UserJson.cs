using System.Text.Json.Serialization;

namespace Serverless.Domain.Users;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(ApiClient))]
[JsonSerializable(typeof(TokenEntry))]
[JsonSerializable(typeof(LoginEntry))]
[JsonSerializable(typeof(EndedToken))]
internal sealed partial class UserJson : JsonSerializerContext;
