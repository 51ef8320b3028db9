using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Tenants;

/// <summary>
/// Logging in with name and password for a token, in the body or in cookies (reference 1.2). The token is our own JWT; a second factor is none here, and its code passed over.
/// </summary>
internal sealed class LoginRoutes(Logins logins, AccessTokens tokens) : ICumulocityRoutes
{
    private const int BodyLimit = 16 * 1024;

    public IEnumerable<CumulocityRoute> All() =>
        [
            new("POST", "/tenant/oauth/token", Permission.None, InBodyAsync),
            new("POST", "/tenant/oauth", Permission.None, InCookiesAsync) { Produces = [MediaTypes.Any] },
            new("POST", "/user/logout", Permission.None, LogOutAsync) { Produces = [MediaTypes.Any] },
        ];

    private async Task<CumulocityAnswer> InBodyAsync(CumulocityRequest request)
    {
        // Whoever asks for a token in the body gets it, whether or not he says what he accepts.
        var answer = new JsonObject { ["access_token"] = await LogInAsync(request) }.ToJsonString();
        return CumulocityAnswer.Other(
            StatusCodes.Status200OK,
            "application/json",
            context => context.Response.WriteAsync(answer, context.RequestAborted)
        );
    }

    private async Task<CumulocityAnswer> InCookiesAsync(CumulocityRequest request)
    {
        var token = await LogInAsync(request);
        var cookies = request.Context.Response.Cookies;
        cookies.Append(CumulocityCallers.TokenCookie, token, Cookie(request, isReadable: false, AccessTokens.AccessLife));
        var proof = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        cookies.Append(CumulocityCallers.ProofCookie, proof, Cookie(request, isReadable: true, AccessTokens.AccessLife));
        return CumulocityAnswer.Empty(StatusCodes.Status200OK);
    }

    /// <summary>Ends the token that the request brings, for whoever has copied it too, and the cookies.</summary>
    private async Task<CumulocityAnswer> LogOutAsync(CumulocityRequest request)
    {
        if (CumulocityCallers.TokenOf(request.Context.Request) is { } token)
        {
            await tokens.EndAsync(token, request.Cancellation);
        }

        var cookies = request.Context.Response.Cookies;
        cookies.Append(CumulocityCallers.TokenCookie, "", Cookie(request, isReadable: false, TimeSpan.Zero));
        cookies.Append(CumulocityCallers.ProofCookie, "", Cookie(request, isReadable: true, TimeSpan.Zero));
        return CumulocityAnswer.Empty(StatusCodes.Status200OK);
    }

    private async Task<string> LogInAsync(CumulocityRequest request)
    {
        var form = QueryHelpers.ParseQuery(System.Text.Encoding.UTF8.GetString(await request.ReadBytesAsync(BodyLimit)));
        var grant = form.GetValueOrDefault("grant_type").ToString();
        if (!grant.Equals("PASSWORD", StringComparison.OrdinalIgnoreCase))
        {
            throw new CumulocityException(
                StatusCodes.Status400BadRequest,
                "security/Bad Request",
                "grant_type is PASSWORD, with username and password, in a body of the type application/x-www-form-urlencoded."
            );
        }

        var (name, password) = (form.GetValueOrDefault("username").ToString(), form.GetValueOrDefault("password").ToString());
        var tenant = request.Query("tenant_id");
        var login = await logins.LogInAsync(
            tenant is null || name.Contains('/') ? name : $"{tenant}/{name}",
            password,
            request.Cancellation
        );
        if (login.Outcome == LoginOutcome.Ambiguous)
        {
            throw new CumulocityException(StatusCodes.Status401Unauthorized, "security/Unauthorized", Logins.AmbiguousMessage);
        }

        return login.Outcome == LoginOutcome.Accepted && (tenant is null || login.Tenant == tenant)
            ? (await tokens.IssueAsync(login.Tenant, login.User!, null, request.Cancellation, login.User!.Name)).Access
            : throw CumulocityErrors.Unauthorized;
    }

    private static CookieOptions Cookie(CumulocityRequest request, bool isReadable, TimeSpan life) =>
        new()
        {
            HttpOnly = !isReadable,
            Secure = request.Context.Request.IsHttps,
            SameSite = SameSiteMode.Lax,
            Path = "/",
            MaxAge = life,
        };
}
