using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Serverless.Dialects.Authentication;

/// <summary>JWTs under our own keys, whoever they are of: written, and read where they are good.</summary>
internal sealed class SignedTokens(SigningKeys keys, TimeProvider time)
{
    private const string Issuer = "serverless";
    private const int LongestToken = 8192;

    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false, MaximumTokenSizeInBytes = LongestToken };

    public async Task<SigningCredentials> GetCredentialsAsync(CancellationToken cancellation) =>
        new(await keys.GetCurrentAsync(cancellation), SecurityAlgorithms.EcdsaSha256);

    /// <summary>Writes a token.</summary>
    /// <param name="type">Its claim typ: a token is good only for what it was written for.</param>
    /// <param name="subject">Its claim sub.</param>
    /// <param name="life">How long it is good, or null for ever.</param>
    /// <param name="claims">Its other claims.</param>
    /// <param name="credentials">The key to sign with.</param>
    public string Create(string type, string subject, TimeSpan? life, Dictionary<string, object> claims, SigningCredentials credentials)
    {
        var now = time.GetUtcNow().UtcDateTime;
        claims[JwtRegisteredClaimNames.Jti] = Guid.NewGuid().ToString();
        claims[JwtRegisteredClaimNames.Sub] = subject;
        claims[JwtRegisteredClaimNames.Typ] = type;
        return handler.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = Issuer,
                IssuedAt = now,
                Expires = now + life,
                SigningCredentials = credentials,
                Claims = claims,
            }
        );
    }

    /// <summary>The token, where it is of this type, signed by us and not over; else null.</summary>
    public async ValueTask<JsonWebToken?> ReadAsync(string text, string type, bool mustExpire, CancellationToken cancellation)
    {
        if (text.Length > LongestToken || !handler.CanReadToken(text))
        {
            return null;
        }

        try
        {
            var token = handler.ReadJsonWebToken(text);
            if (token.Issuer != Issuer || await keys.FindAsync(token.Kid, cancellation) is not { } key)
            {
                return null;
            }

            var parameters = new TokenValidationParameters
            {
                ValidIssuer = Issuer,
                ValidateAudience = false,
                IssuerSigningKey = key,
                ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
                RequireExpirationTime = mustExpire,
                LifetimeValidator = (_, expires, _, _) => expires is null || expires > time.GetUtcNow().UtcDateTime,
            };
            var result = await handler.ValidateTokenAsync(token, parameters);
            return result.IsValid && Claim(token, JwtRegisteredClaimNames.Typ) == type ? token : null;
        }
        catch (Exception broken) when (broken is ArgumentException or SecurityTokenException or System.Text.Json.JsonException)
        {
            // It looks like a token, but is none.
            return null;
        }
    }

    public static string? Claim(JsonWebToken token, string name) => token.TryGetPayloadValue<string>(name, out var value) ? value : null;
}
