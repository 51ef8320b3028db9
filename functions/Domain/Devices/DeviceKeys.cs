using System.Security.Cryptography;

namespace Serverless.Domain.Devices;

/// <summary>A device's symmetric keys (base64) and certificate thumbprints (hexadecimal). Kept apart from the twin, so that no view of a twin can show them.</summary>
public sealed record DeviceKeys(string? Primary, string? Secondary, IReadOnlyList<string> Thumbprints)
{
    public static readonly DeviceKeys None = new(null, null, []);

    private const int Length = 32;

    /// <summary>Two random keys.</summary>
    public static DeviceKeys New() =>
        new(
            Convert.ToBase64String(RandomNumberGenerator.GetBytes(Length)),
            Convert.ToBase64String(RandomNumberGenerator.GetBytes(Length)),
            []
        );

    /// <exception cref="DomainException">A key is not base64 of 16 to 64 bytes, or a thumbprint is none.</exception>
    internal void Check()
    {
        foreach (var key in new[] { Primary, Secondary })
        {
            var bytes = new byte[64];
            if (key is not null && !(Convert.TryFromBase64String(key, bytes, out var length) && length >= 16))
            {
                throw DomainException.Invalid("key", "A device's key is 16 to 64 bytes in base64.");
            }
        }

        if (Thumbprints.Any(print => print.Length is not (40 or 64) || !print.All(char.IsAsciiHexDigit)))
        {
            throw DomainException.Invalid("thumbprints", "A thumbprint is SHA-1 or SHA-256 in hexadecimal, without separators.");
        }
    }
}
