using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Serverless.Acceptance.Tests.Entra.Support;

/// <summary>A key of an issuer, with what its key set says of it.</summary>
internal sealed class IssuerKey : IDisposable
{
    private readonly RSA rsa = RSA.Create(2048);

    public string Id { get; init; } = Guid.NewGuid().ToString("N");

    public string Use { get; init; } = "sig";

    /// <summary>The issuer whose tokens it signs; null where the key set does not say.</summary>
    public string? Issuer { get; init; }

    public byte[] PublicKey => rsa.ExportSubjectPublicKeyInfo();

    public JsonObject ToJson()
    {
        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        var json = new JsonObject
        {
            ["kty"] = "RSA",
            ["use"] = Use,
            ["kid"] = Id,
            ["x5t"] = Id,
            ["n"] = Base64Url.EncodeToString(parameters.Modulus),
            ["e"] = Base64Url.EncodeToString(parameters.Exponent),
            ["cloud_instance_name"] = "microsoftonline.com",
        };
        if (Issuer is not null)
        {
            json["issuer"] = Issuer;
        }

        return json;
    }

    /// <summary>A JWT: the header gets alg RS256 and this key's id where it does not say otherwise.</summary>
    public string Sign(JsonObject payload, Action<JsonObject>? header = null, Func<byte[], byte[]>? sign = null)
    {
        var head = new JsonObject
        {
            ["typ"] = "JWT",
            ["alg"] = "RS256",
            ["kid"] = Id,
        };
        header?.Invoke(head);
        var text = $"{Encode(head)}.{Encode(payload)}";
        var signature = (sign ?? SignRs256)(Encoding.ASCII.GetBytes(text));
        return $"{text}.{Base64Url.EncodeToString(signature)}";
    }

    public byte[] SignRs256(byte[] data) => rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public byte[] SignPs256(byte[] data) => rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);

    public void Dispose() => rsa.Dispose();

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
