using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Serverless.Dialects.Authentication;
using Serverless.Domain;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Conduit;

/// <summary>The services that a Conduit token opens, each with a switch of its own (seed, "Enabling the Conduit service").</summary>
internal enum ConduitService
{
    Http,
    Mqtt,
    Webhook,
}

/// <summary>Who asks, by which token.</summary>
/// <param name="Caller">The user; the token acts with all of its rights.</param>
/// <param name="Key">What its limits are held under: no secret, 64 hexadecimal digits.</param>
/// <param name="Access">The token's switches; null for a token that is none of Conduit's, which has none.</param>
internal sealed record ConduitCaller(Caller Caller, string Key, ConduitAccess? Access)
{
    public bool Opens(ConduitService service) =>
        Access is null
        || service switch
        {
            ConduitService.Http => Access.Http,
            ConduitService.Mqtt => Access.Mqtt,
            _ => Access.Webhook,
        };

    /// <exception cref="DomainException">The service is switched off for the token.</exception>
    public void Require(ConduitService service)
    {
        if (!Opens(service))
        {
            throw new DomainException(Refusal.Forbidden, $"The {service} service is switched off for this token.");
        }
    }

    /// <exception cref="DomainException">The user may not read.</exception>
    public void RequireRead() => Require(Caller.MayRead, "read");

    /// <exception cref="DomainException">The user may not write.</exception>
    public void RequireWrite() => Require(Caller.MayWrite, "write");

    private static void Require(bool may, string what)
    {
        if (!may)
        {
            throw new DomainException(Refusal.Forbidden, $"The user may not {what}.");
        }
    }
}

/// <summary>Finds who asks: a user's Conduit token, or any token that the other dialects take (ours, Entra's, an API token).</summary>
internal sealed class ConduitCallers(UserDirectory users, HttpCallers callers)
{
    private const string Bearer = "Bearer ";

    /// <summary>The request's token: of the header X-Api-Key, else the header Token, else the parameter token, else Authorization: Bearer; null where it has none.</summary>
    /// <remarks>The seed and reference name the first three; which of two wins is [I].</remarks>
    public static string? TokenOf(HttpRequest request) =>
        Given(request.Headers["X-Api-Key"])
        ?? Given(request.Headers["Token"])
        ?? Given(request.Query["token"])
        ?? (
            request.Headers[HeaderNames.Authorization].ToString() is { } value
            && value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
                ? Given(value[Bearer.Length..].Trim())
                : null
        );

    /// <summary>Whose token it is, or null.</summary>
    public async ValueTask<ConduitCaller?> FindAsync(string token, CancellationToken cancellation)
    {
        if (await users.FindByTokenAsync(token, TokenPurpose.Conduit, cancellation) is var (tenant, user))
        {
            return new ConduitCaller(new Caller(tenant, user.Name, user.Roles), TokenHash.Of(token), user.Conduit);
        }

        // A user may have any number of such tokens, one after the other: the limits are the user's.
        return await callers.FindByTokenAsync(token, cancellation) is { } caller
            ? new ConduitCaller(caller, TokenHash.Of($"{caller.Tenant}/{caller.User}"), null)
            : null;
    }

    private static string? Given(Microsoft.Extensions.Primitives.StringValues values) =>
        values.ToString() is { Length: > 0 } text ? text : null;
}
