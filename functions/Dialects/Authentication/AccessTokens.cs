using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Authentication;

/// <summary>A pair of tokens for a user.</summary>
/// <param name="Access">A JWT that proves the user for <see cref="AccessTokens.AccessLife"/>.</param>
/// <param name="Refresh">A JWT that buys new pairs; it ends only with the user's password or the user.</param>
/// <param name="Session">The id that the tokens of one login share.</param>
public sealed record TokenPair(string Access, string Refresh, string Session);

/// <summary>Issues and checks our own JWTs. A token carries the user's stamp: a new password, or the user's end, ends it, and so does logging out with it.</summary>
public sealed class AccessTokens(SigningKeys keys, UserDirectory users, TimeProvider time)
{
    /// <summary>How long an access token is good.</summary>
    public static readonly TimeSpan AccessLife = TimeSpan.FromDays(1);

    private const string AccessType = "Bearer";
    private const string RefreshType = "Refresh";

    private readonly SignedTokens signed = new(keys, time);

    /// <summary>A pair of tokens.</summary>
    /// <param name="tenant">The user's tenant; it is in the claim tenant, and in ten, where Cumulocity's clients look for it.</param>
    /// <param name="user">The user.</param>
    /// <param name="session">The session that they belong to, or null for a new one.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <param name="subject">The claim sub, which nobody here reads; tenant/user where it is not given.</param>
    public async Task<TokenPair> IssueAsync(
        string tenant,
        User user,
        string? session,
        CancellationToken cancellation,
        string? subject = null
    )
    {
        session ??= Guid.NewGuid().ToString();
        var credentials = await signed.GetCredentialsAsync(cancellation);
        return new TokenPair(
            Create(AccessType, tenant, user, subject, session, AccessLife, credentials),
            Create(RefreshType, tenant, user, subject, session, null, credentials),
            session
        );
    }

    /// <summary>The caller that an access token proves, or null where it proves none.</summary>
    public async ValueTask<Caller?> FindCallerAsync(string token, CancellationToken cancellation) =>
        await CheckAsync(token, AccessType, cancellation) is var (tenant, user, _) ? new Caller(tenant, user.Name, user.Roles) : null;

    /// <summary>A new pair of tokens for a refresh token, or null where it is good for none.</summary>
    public async Task<TokenPair?> RefreshAsync(string token, CancellationToken cancellation) =>
        await CheckAsync(token, RefreshType, cancellation) is var (tenant, user, old)
            ? await IssueAsync(tenant, user, SignedTokens.Claim(old, JwtRegisteredClaimNames.Sid) ?? "", cancellation)
            : null;

    /// <summary>Ends an access token before its time; one that is good for nothing stays so.</summary>
    public async Task EndAsync(string text, CancellationToken cancellation)
    {
        if (
            await CheckAsync(text, AccessType, cancellation) is var (tenant, user, token)
            && SignedTokens.Claim(token, JwtRegisteredClaimNames.Jti) is { } id
        )
        {
            await users.EndTokenAsync(tenant, user.Name, id, new DateTimeOffset(token.ValidTo, TimeSpan.Zero), cancellation);
        }
    }

    private string Create(
        string type,
        string tenant,
        User user,
        string? subject,
        string session,
        TimeSpan? life,
        SigningCredentials credentials
    )
    {
        var claims = new Dictionary<string, object>
        {
            [JwtRegisteredClaimNames.Sid] = session,
            ["tenant"] = tenant,
            ["ten"] = tenant,
            ["preferred_username"] = user.Name,
            ["roles"] = user.Roles.ToArray(),
            ["stamp"] = user.Stamp,
        };
        return signed.Create(type, subject ?? $"{tenant}/{user.Name}", life, claims, credentials);
    }

    private async ValueTask<(string Tenant, User User, JsonWebToken Token)?> CheckAsync(
        string text,
        string type,
        CancellationToken cancellation
    )
    {
        var token = await signed.ReadAsync(text, type, mustExpire: type == AccessType, cancellation);
        if (
            token is null
            || SignedTokens.Claim(token, "tenant") is not { } tenant
            || SignedTokens.Claim(token, "preferred_username") is not { } name
        )
        {
            return null;
        }

        var user = (await users.FindAsync(tenant, name, cancellation))?.Value;
        return
            user is not null
            && user.Stamp == SignedTokens.Claim(token, "stamp")
            && !await users.IsEndedAsync(
                tenant,
                user,
                SignedTokens.Claim(token, JwtRegisteredClaimNames.Jti) ?? "",
                time.GetUtcNow(),
                cancellation
            )
            ? (tenant, user, token)
            : null;
    }
}
