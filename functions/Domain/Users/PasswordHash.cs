using System.Security.Cryptography;
using System.Text;

namespace Serverless.Domain.Users;

/// <summary>Passwords at rest: PBKDF2 with SHA-512 and 210,000 iterations (OWASP's figure), written as pbkdf2-sha512$iterations$salt$hash in base64.</summary>
public static class PasswordHash
{
    private const string Scheme = "pbkdf2-sha512";
    private const int Iterations = 210_000;
    private const int SaltLength = 16;
    private const int HashLength = 32;

    public static string Create(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        return $"{Scheme}${Iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(Derive(password, salt, Iterations))}";
    }

    /// <summary>Whether the password is the one hashed; false for anything that is no hash of this scheme.</summary>
    public static bool Verify(string password, string? hash)
    {
        var parts = hash?.Split('$') ?? [];
        if (parts.Length != 4 || parts[0] != Scheme || !int.TryParse(parts[1], out var iterations))
        {
            // A user that does not exist takes as long as one that does: the time does not tell who has an account.
            Derive(password, new byte[SaltLength], Iterations);
            return false;
        }

        var expected = Convert.FromBase64String(parts[3]);
        return CryptographicOperations.FixedTimeEquals(Derive(password, Convert.FromBase64String(parts[2]), iterations), expected);
    }

    private static byte[] Derive(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA512, HashLength);
}
