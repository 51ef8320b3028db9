using System.Security.Cryptography;
using System.Text;

namespace Serverless.Azure.WebPubSub;

/// <summary>The header ce-signature: the HMAC-SHA256 of the connection id by each of the service's access keys, as sha256={hex},sha256={hex}.</summary>
public static class UpstreamSignature
{
    private const string Prefix = "sha256=";

    /// <summary>Whether one of the signatures is by one of the keys.</summary>
    public static bool IsBy(IReadOnlyList<string> keys, string connectionId, string signatures)
    {
        var isGood = false;
        foreach (var signature in signatures.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var given = Encoding.ASCII.GetBytes(signature.ToLowerInvariant());
            foreach (var key in keys)
            {
                // Each is compared, in constant time: how long it takes tells nothing.
                isGood |= CryptographicOperations.FixedTimeEquals(given, Encoding.ASCII.GetBytes(Of(key, connectionId)));
            }
        }

        return isGood;
    }

    /// <summary>The signature by a key.</summary>
    public static string Of(string key, string connectionId) =>
        Prefix + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(connectionId)));
}
