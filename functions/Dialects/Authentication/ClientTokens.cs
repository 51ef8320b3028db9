using Serverless.Domain.Users;

namespace Serverless.Dialects.Authentication;

/// <summary>
/// Issues and checks the tokens of API clients: JWTs under our own keys that prove the program for <see cref="Life"/>, as a caller with the role user. Any number is good at once; a new secret, or the
/// client's end, ends them all.
/// </summary>
public sealed class ClientTokens(SigningKeys keys, ApiClients clients, TimeProvider time)
{
    /// <summary>How long a token is good (Thingsee's 15 minutes).</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    private const string Type = "Client";
    private const string IdClaim = "client_id";

    private readonly SignedTokens signed = new(keys, time);

    public async Task<string> IssueAsync(ApiClient client, CancellationToken cancellation)
    {
        var claims = new Dictionary<string, object>
        {
            ["tenant"] = client.Owner,
            [IdClaim] = client.Id,
            ["stamp"] = Stamp(client),
        };
        return signed.Create(Type, client.Id, Life, claims, await signed.GetCredentialsAsync(cancellation));
    }

    /// <summary>The caller that a token proves, or null where it proves none.</summary>
    public async ValueTask<Caller?> FindCallerAsync(string token, CancellationToken cancellation)
    {
        if (
            await signed.ReadAsync(token, Type, mustExpire: true, cancellation) is not { } read
            || SignedTokens.Claim(read, IdClaim) is not { } id
            || await clients.FindAsync(id, cancellation) is not { } client
        )
        {
            return null;
        }

        return client.Owner == SignedTokens.Claim(read, "tenant") && Stamp(client) == SignedTokens.Claim(read, "stamp")
            ? new Caller(client.Owner, client.Id, [Roles.User])
            : null;
    }

    /// <summary>Changes with the secret, whose stored hash is salted; it tells nothing of it.</summary>
    private static string Stamp(ApiClient client) => TokenHash.Of(client.Secret)[..16];
}
