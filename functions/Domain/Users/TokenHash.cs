using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Serverless.Domain.Users;

/// <summary>Tokens at rest: their SHA-256 in hexadecimal, which is also the id under which they are found. Looking a hash up tells nothing of the token by its time.</summary>
public static class TokenHash
{
    public static string Of(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Makes a token of 192 random bits in the URL's alphabet.</summary>
    public static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
}
