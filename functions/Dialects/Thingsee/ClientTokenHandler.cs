using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Http;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Thingsee;

/// <summary>POST /auth/client-token {"client_id","client_secret"}: {"data":{"token"}}, good for 15 minutes; several may be good at once (reference C).</summary>
internal sealed class ClientTokenHandler(Logins logins, ApiClients clients, ClientTokens tokens)
{
    public const string Path = "auth/client-token";

    private const int BodyLimit = 64 * 1024;

    public async Task HandleAsync(HttpContext context)
    {
        var cancellation = context.RequestAborted;
        var body = await RequestBodies.ReadObjectAsync(context.Request, BodyLimit, cancellation);
        var id = ThingseeRequest.Text(body, "client_id");
        var secret = ThingseeRequest.Text(body, "client_secret");
        if (
            await logins.LogInClientAsync(id, secret, cancellation) is not { } tenant
            || await clients.FindAsync(tenant, id, cancellation) is not { } client
        )
        {
            await ThingseeErrors.WriteAsync(context, StatusCodes.Status401Unauthorized, "The client's id or secret is wrong.");
            return;
        }

        context.Response.Headers.CacheControl = "no-store";
        var token = await tokens.IssueAsync(client.Value, cancellation);
        await ThingseeDialect.WriteAsync(context, new JsonObject { ["token"] = token });
    }
}
