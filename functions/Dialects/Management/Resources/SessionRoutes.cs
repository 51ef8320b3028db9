using System.Text.Json.Nodes;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Management.Routing;
using Serverless.Domain;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Management.Resources;

/// <summary>How a caller becomes known, and the keys that prove it.</summary>
internal sealed class SessionRoutes(Logins logins, AccessTokens tokens, SigningKeys keys)
{
    public IEnumerable<ManagementRoute> All() =>
        [
            new("POST", "/token", "createToken", Access.Anonymous, "Log in, or refresh a login", LogInAsync)
            {
                InTenant = false,
                Request = "Login",
                RequestOptional = true,
                Response = "TokenPair",
                Problems = [Problems.Unauthenticated],
            },
            new(
                "POST",
                "/signing-keys",
                "rotateSigningKey",
                Access.Operator,
                "Sign with a new key from now on; tokens issued before stay good",
                RotateAsync
            )
            {
                InTenant = false,
                Response = "SigningKey",
                Status = 201,
            },
        ];

    private async Task<Answer> LogInAsync(ManagementRequest request)
    {
        var body = await request.ReadBodyAsync();
        if (body.Count == 0)
        {
            throw Rejected("Give a user name and a password, or a refresh token.");
        }

        var pair = body.Text("refreshToken") is { } refresh
            ? await tokens.RefreshAsync(refresh, request.Cancellation)
            : await LogInAsync(Required(body, "username"), Required(body, "password"), request.Cancellation);
        return pair is null
            ? throw Rejected("The refresh token is not good any more.")
            : Answer.Ok(
                new JsonObject
                {
                    ["accessToken"] = pair.Access,
                    ["refreshToken"] = pair.Refresh,
                    ["tokenType"] = "Bearer",
                    ["expiresIn"] = (int)AccessTokens.AccessLife.TotalSeconds,
                }
            );
    }

    private async Task<TokenPair> LogInAsync(string name, string password, CancellationToken cancellation)
    {
        var login = await logins.LogInAsync(name, password, cancellation);
        return login.Outcome switch
        {
            LoginOutcome.Accepted => await tokens.IssueAsync(login.Tenant, login.User!, null, cancellation),
            LoginOutcome.Ambiguous => throw Rejected(Logins.AmbiguousMessage),
            _ => throw Rejected("User name or password are wrong."),
        };
    }

    private async Task<Answer> RotateAsync(ManagementRequest request) =>
        new(201, new JsonObject { ["id"] = await keys.RotateAsync(request.Cancellation) });

    private static string Required(JsonObject body, string name) =>
        body.Text(name) ?? throw DomainException.Invalid(name, "It is missing.");

    private static ProblemException Rejected(string detail) => new(Problems.Unauthenticated, detail);
}
