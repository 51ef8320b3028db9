using System.Text.Json.Serialization;

namespace Serverless.Dialects.Authentication;

/// <summary>A key that signs access tokens, as stored: ECDSA on P-256, PKCS #8 in base64.</summary>
/// <param name="Id">The key id in a token's header.</param>
/// <param name="PrivateKey">The private key.</param>
/// <param name="Time">When it was made; the newest signs, all verify.</param>
internal sealed record SigningKey(string Id, string PrivateKey, DateTimeOffset Time);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SigningKey))]
internal sealed partial class SigningKeyJson : JsonSerializerContext;
