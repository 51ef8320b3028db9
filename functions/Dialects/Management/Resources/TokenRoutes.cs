using System.Text.Json.Nodes;
using Serverless.Dialects.Management.Routing;
using Serverless.Domain;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Management.Resources;

/// <summary>The tokens of a user: one for each purpose, shown once, in the answer of the request that issues it.</summary>
internal sealed class TokenRoutes(UserDirectory users)
{
    private const string Collection = "/users/{name}/tokens";

    public IEnumerable<ManagementRoute> All() =>
        [
            new("GET", Collection, "getTokens", Access.Admin, "Tell which tokens a user has", GetAsync)
            {
                Response = "Tokens",
                Tagged = true,
            },
            new("POST", Collection, "issueToken", Access.Admin, "Issue a token; it replaces the one of the same purpose", IssueAsync)
            {
                Request = "NewToken",
                Response = "IssuedToken",
                Status = 201,
                Problems = [Problems.Exists],
                Conditional = true,
            },
            new("DELETE", $"{Collection}/{{purpose}}", "removeToken", Access.Admin, "Remove a token: api, device or conduit", RemoveAsync)
            {
                Status = 204,
                Conditional = true,
            },
        ];

    public static JsonObject Show(User user) =>
        new()
        {
            ["api"] = user.ApiToken is not null,
            ["device"] = user.DeviceToken is not null,
            ["conduit"] = user.Conduit?.Token is not null,
        };

    private async Task<Answer> GetAsync(ManagementRequest request)
    {
        var user = await UserRoutes.FindAsync(users, request);
        return Answer.Ok(Show(user.Value), user.ETag);
    }

    private async Task<Answer> IssueAsync(ManagementRequest request)
    {
        var user = await UserRoutes.FindManagedAsync(users, request);
        var body = await request.ReadBodyAsync();
        var (purpose, token) = (body.Text("purpose")!, body.Text("token") ?? TokenHash.NewToken());
        var seen = request.IfMatch(user.ETag);
        await users.UpdateAsync(request.Tenant, user.Value.Name, Change(purpose, token), seen, request.Cancellation, request.Actor);
        var location = $"{ManagementRoute.Prefix}/users/{Uri.EscapeDataString(user.Value.Name)}/tokens/{purpose}";
        return Answer.Created(new JsonObject { ["purpose"] = purpose, ["token"] = token }, location);
    }

    private async Task<Answer> RemoveAsync(ManagementRequest request)
    {
        var user = await UserRoutes.FindManagedAsync(users, request);
        var purpose = request.Path("purpose");
        if (Show(user.Value)[purpose]?.GetValue<bool>() != true)
        {
            throw DomainException.NotFound($"token '{purpose}'");
        }

        var seen = request.IfMatch(user.ETag);
        await users.UpdateAsync(request.Tenant, user.Value.Name, Change(purpose, ""), seen, request.Cancellation, request.Actor);
        return Answer.NoContent;
    }

    private static UserChange Change(string purpose, string token) =>
        purpose switch
        {
            "api" => new UserChange { ApiToken = token },
            "device" => new UserChange { DeviceToken = token },
            _ => new UserChange { Conduit = new ConduitChange(token) },
        };
}
