using System.Security.Cryptography;
using System.Text;

namespace Serverless.Local.Mqtt.IotHub;

/// <summary>
/// A shared access signature: <c>SharedAccessSignature sr={resource}&amp;sig={signature}&amp;se={expiry}</c>, where the signature is the HMAC-SHA256
/// of the resource as sent, a line feed and the expiry in Unix seconds, under the decoded key.
/// </summary>
internal sealed class SasToken
{
    public const string Prefix = "SharedAccessSignature ";

    private readonly byte[] signature;
    private readonly byte[] signed;

    private SasToken(string resource, string expiry, byte[] signature, DateTimeOffset expires, bool ofPolicy)
    {
        this.signature = signature;
        signed = Encoding.UTF8.GetBytes($"{resource}\n{expiry}");
        Resource = Uri.UnescapeDataString(resource);
        Expires = expires;
        OfPolicy = ofPolicy;
    }

    /// <summary>What it gives access to, decoded.</summary>
    public string Resource { get; }

    public DateTimeOffset Expires { get; }

    /// <summary>Whether it names a hub policy: signed with that policy's key instead of the device's.</summary>
    public bool OfPolicy { get; }

    public static SasToken? Parse(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        string? resource = null;
        string? expiry = null;
        string? sig = null;
        var policy = false;
        foreach (var part in text[Prefix.Length..].Split('&'))
        {
            var value = part[(part.IndexOf('=') + 1)..];
            switch (part.AsSpan(0, part.Length - value.Length))
            {
                case "sr=":
                    resource = value;
                    break;
                case "se=":
                    expiry = value;
                    break;
                case "sig=":
                    sig = Uri.UnescapeDataString(value);
                    break;
                case "skn=":
                    policy = value.Length > 0;
                    break;
            }
        }

        return resource is not null && expiry is not null && ParseExpiry(expiry) is { } expires && Decode(sig) is { } signature
            ? new SasToken(resource, expiry, signature, expires, policy)
            : null;
    }

    /// <summary>Whether it is signed with this key (base64), compared in constant time.</summary>
    public bool IsSignedWith(string? key)
    {
        if (Decode(key) is not { Length: > 0 } secret)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, signed, expected);
        return CryptographicOperations.FixedTimeEquals(expected, signature);
    }

    private static DateTimeOffset? ParseExpiry(string text) =>
        long.TryParse(text, out var seconds) && seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static byte[]? Decode(string? base64)
    {
        if (base64 is null)
        {
            return null;
        }

        var bytes = new byte[(base64.Length * 3 / 4) + 3];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : null;
    }
}
