using System.Text;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Authentication.Entra;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Authentication;

/// <summary>
/// Finds who makes a request by its Authorization header: Bearer with a token of ours, one of Microsoft Entra ID or a user's API token, or Basic with a login name
/// and password.
/// </summary>
/// <remarks>
/// Whoever asks gets <see cref="Domain.DomainException"/> (<see cref="Domain.Refusal.Forbidden"/>, an API's 403) where a caller is known but nothing is opened to it,
/// and <see cref="Domain.Documents.StoreUnavailableException"/> (503) where it cannot be known now.
/// </remarks>
public sealed class HttpCallers(
    AccessTokens tokens,
    Logins logins,
    UserDirectory users,
    EntraTokens? entra = null,
    ClientTokens? clients = null
)
{
    /// <summary>The caller by a Bearer token, or null.</summary>
    public async ValueTask<Caller?> FindBearerAsync(HttpRequest request, CancellationToken cancellation) =>
        Credentials(request, "Bearer") is { } token ? await FindByTokenAsync(token, cancellation) : null;

    /// <summary>The caller by a Bearer token or by Basic authentication, or null.</summary>
    public async ValueTask<Caller?> FindAsync(HttpRequest request, CancellationToken cancellation) =>
        Credentials(request, "Basic") is { } basic
            ? await FindByBasicAsync(basic, cancellation)
            : await FindBearerAsync(request, cancellation);

    /// <summary>The caller by a token of ours (a user's or a client's), one of Entra ID or a user's API token, or null.</summary>
    public async ValueTask<Caller?> FindByTokenAsync(string token, CancellationToken cancellation)
    {
        if (await tokens.FindCallerAsync(token, cancellation) is { } caller)
        {
            return caller;
        }

        if (clients is not null && await clients.FindCallerAsync(token, cancellation) is { } program)
        {
            return program;
        }

        if (entra is not null && await entra.FindCallerAsync(token, cancellation) is { } guest)
        {
            return guest;
        }

        return await users.FindByTokenAsync(token, TokenPurpose.Api, cancellation) is var (tenant, user)
            ? new Caller(tenant, user.Name, user.Roles)
            : null;
    }

    private async ValueTask<Caller?> FindByBasicAsync(string basic, CancellationToken cancellation)
    {
        var bytes = new byte[basic.Length];
        if (!Convert.TryFromBase64String(basic, bytes, out var length))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(bytes.AsSpan(0, length));
        var colon = text.IndexOf(':');
        return colon < 0 ? null : await FindByPasswordAsync(text[..colon], text[(colon + 1)..], cancellation);
    }

    /// <summary>The caller by a login name and password, or null.</summary>
    public async ValueTask<Caller?> FindByPasswordAsync(string name, string password, CancellationToken cancellation)
    {
        var login = await logins.LogInAsync(name, password, cancellation);
        return login.Outcome == LoginOutcome.Accepted ? new Caller(login.Tenant, login.User!.Name, login.User.Roles) : null;
    }

    /// <summary>What stands behind a scheme in the header Authorization, or null.</summary>
    internal static string? Credentials(HttpRequest request, string scheme)
    {
        var header = request.Headers.Authorization.ToString();
        return
            header.Length > scheme.Length && header[scheme.Length] == ' ' && header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            ? header[(scheme.Length + 1)..].Trim()
            : null;
    }
}
