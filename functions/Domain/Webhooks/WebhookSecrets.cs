using System.Security.Cryptography;
using System.Text;

namespace Serverless.Domain.Webhooks;

/// <summary>Signatures of Standard Webhooks 1.0 (github.com/standard-webhooks/standard-webhooks): HMAC-SHA256 of "{id}.{timestamp}.{body}".</summary>
public static class WebhookSecrets
{
    private const string Prefix = "whsec_";
    private const int Length = 32;

    /// <summary>Makes a secret of 256 random bits.</summary>
    public static string New() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(Length));

    /// <summary>Whether a text is whsec_ and 24 to 64 bytes in base64.</summary>
    public static bool IsWellFormed(string secret) => Key(secret) is { Length: >= 24 and <= 64 };

    /// <exception cref="DomainException">The secret is not well-formed.</exception>
    public static string Checked(string secret) =>
        IsWellFormed(secret) ? secret : throw DomainException.Invalid("secret", "A secret is whsec_ and 24 to 64 bytes in base64.");

    /// <summary>The value of webhook-signature: one signature for each secret, separated by spaces.</summary>
    /// <param name="secrets">The secrets, well-formed.</param>
    /// <param name="id">The message's id; it holds no dot.</param>
    /// <param name="timestamp">Seconds since 1970, of this attempt.</param>
    /// <param name="body">The body as it is sent.</param>
    public static string Sign(IEnumerable<string> secrets, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes($"{id}.{timestamp}.");
        var signed = new byte[head.Length + body.Length];
        head.CopyTo(signed, 0);
        body.CopyTo(signed.AsSpan(head.Length));
        return string.Join(' ', secrets.Select(secret => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Key(secret)!, signed))}"));
    }

    private static byte[]? Key(string secret)
    {
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var bytes = new byte[secret.Length];
        return Convert.TryFromBase64String(secret[Prefix.Length..], bytes, out var length) ? bytes[..length] : null;
    }
}
