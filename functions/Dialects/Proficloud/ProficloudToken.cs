using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Http;
using Serverless.Domain;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Proficloud;

/// <summary>POST /epts/token: a pair of tokens for a name and password, or for a refresh token (seed, "Authentication"; the answer's shape is Keycloak's).</summary>
internal sealed class ProficloudToken(AccessTokens tokens, Logins logins)
{
    private const int BodyLimit = 64 * 1024;

    public async Task HandleAsync(HttpContext context)
    {
        var cancellation = context.RequestAborted;
        var body = await ReadAsync(context.Request, cancellation);
        if (Text(body, "refresh_token") is { } refresh)
        {
            await (
                await tokens.RefreshAsync(refresh, cancellation) is { } renewed
                    ? WriteAsync(context, renewed)
                    : RefuseAsync(context, "Invalid refresh token")
            );
            return;
        }

        if (Text(body, "username") is not { } name || Text(body, "password") is not { } password)
        {
            throw new DomainException(Refusal.Invalid, "The body has username and password, or refresh_token.");
        }

        var login = await logins.LogInAsync(name, password, cancellation);
        await (
            login.Outcome switch
            {
                LoginOutcome.Accepted => WriteAsync(context, await tokens.IssueAsync(login.Tenant, login.User!, null, cancellation)),
                LoginOutcome.Ambiguous => RefuseAsync(context, Logins.AmbiguousMessage),
                _ => RefuseAsync(context, "Invalid user credentials"),
            }
        );
    }

    /// <summary>JSON as documented, or the form that OAuth clients send.</summary>
    private static async Task<JsonObject> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (!request.HasFormContentType)
        {
            return await RequestBodies.ReadObjectAsync(request, BodyLimit, cancellation);
        }

        var form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(await RequestBodies.ReadAsync(request, BodyLimit, cancellation)));
        var body = new JsonObject();
        foreach (var (name, values) in form)
        {
            body[name] = values.ToString();
        }

        return body;
    }

    private static string? Text(JsonObject body, string name) =>
        body.TryGetPropertyValue(name, out var node) && node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static Task WriteAsync(HttpContext context, TokenPair pair)
    {
        context.Response.Headers.CacheControl = "no-store";
        return JsonResponses.WriteAsync(
            context.Response,
            StatusCodes.Status200OK,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("access_token", pair.Access);
                writer.WriteNumber("expires_in", (long)AccessTokens.AccessLife.TotalSeconds);
                writer.WriteNumber("refresh_expires_in", 0);
                writer.WriteString("refresh_token", pair.Refresh);
                writer.WriteString("token_type", "bearer");
                writer.WriteNumber("not-before-policy", 0);
                writer.WriteString("session_state", pair.Session);
                writer.WriteString("scope", "openid profile email");
                writer.WriteEndObject();
            }
        );
    }

    private static Task RefuseAsync(HttpContext context, string description) =>
        JsonResponses.WriteAsync(
            context.Response,
            StatusCodes.Status401Unauthorized,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("error", "invalid_grant");
                writer.WriteString("error_description", description);
                writer.WriteEndObject();
            }
        );
}
