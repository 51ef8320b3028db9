using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity;

/// <summary>Finds who makes a request: by Basic (tenant/user or user) or Bearer, else by the cookies of a login, which a request that changes something proves with a header.</summary>
internal sealed class CumulocityCallers(HttpCallers callers)
{
    /// <summary>The cookie that holds a login's JWT.</summary>
    public const string TokenCookie = "authorization";

    /// <summary>The cookie whose value the header <see cref="ProofHeader"/> must repeat.</summary>
    public const string ProofCookie = "XSRF-TOKEN";

    public const string ProofHeader = "X-XSRF-TOKEN";

    /// <summary>The caller, whom the route is open to.</summary>
    /// <exception cref="CumulocityException">Nobody is known by these credentials, or the route is not open to him.</exception>
    public async ValueTask<Caller?> FindAsync(HttpContext context, Permission permission)
    {
        if (permission == Permission.None)
        {
            return null;
        }

        var caller = await FindAsync(context.Request, context.RequestAborted) ?? throw CumulocityErrors.Unauthorized;
        return Allows(permission, caller) ? caller : throw CumulocityErrors.Forbidden;
    }

    /// <summary>The caller by header or cookie, or null.</summary>
    public ValueTask<Caller?> FindAsync(HttpRequest request, CancellationToken cancellation) =>
        request.Headers.Authorization.Count > 0 ? callers.FindAsync(request, cancellation)
        : TokenOf(request) is { } token ? callers.FindByTokenAsync(token, cancellation)
        : ValueTask.FromResult<Caller?>(null);

    /// <summary>The token that a request brings, by its header or by a cookie that the header proves, or null.</summary>
    public static string? TokenOf(HttpRequest request) =>
        request.Headers.Authorization.Count > 0 ? HttpCallers.Credentials(request, "Bearer")
        : request.Cookies[TokenCookie] is { Length: > 0 } token && IsProven(request) ? token
        : null;

    /// <summary>Whether a permission covers a caller.</summary>
    public static bool Allows(Permission permission, Caller caller) =>
        permission switch
        {
            Permission.Read => caller.MayRead || caller.Is(Roles.Device),
            Permission.Write => caller.MayWrite || caller.Is(Roles.Device),
            Permission.Admin => caller.MayAdminister,
            Permission.Bootstrap => caller.Is(Roles.Bootstrap),
            _ => true,
        };

    /// <summary>A page of another site can have the browser send the cookies, but cannot read them to set the header.</summary>
    private static bool IsProven(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        || HttpMethods.IsHead(request.Method)
        || (request.Cookies[ProofCookie] is { Length: > 0 } proof && request.Headers[ProofHeader].ToString() == proof);
}
