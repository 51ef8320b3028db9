using System.Text.Json.Nodes;
using Serverless.Dialects.Management.Routing;
using Serverless.Dialects.Management.Schemas;
using Serverless.Domain;
using Serverless.Domain.Documents;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Management.Resources;

/// <summary>The users of a tenant. No answer has a password, nor a hash of one.</summary>
internal sealed class UserRoutes(UserDirectory users)
{
    private const string Collection = "/users";
    private const string Item = "/users/{name}";

    public IEnumerable<ManagementRoute> All() =>
        [
            new("GET", Collection, "listUsers", Access.Admin, "List users by their names", ListAsync)
            {
                Query = Pages.Parameters,
                Response = Components.PageOf("User"),
            },
            new("POST", Collection, "createUser", Access.Admin, "Create a user", CreateAsync)
            {
                Request = "NewUser",
                Response = "User",
                Status = 201,
                Tagged = true,
                Problems = [Problems.Exists],
            },
            new("GET", Item, "getUser", Access.Admin, "Read a user", GetAsync) { Response = "User", Tagged = true },
            new(
                "PATCH",
                Item,
                "patchUser",
                Access.Admin,
                "Change a user by a merge patch; a new password ends the tokens issued before",
                PatchAsync
            )
            {
                Request = "UserPatch",
                Response = "User",
                Tagged = true,
                Conditional = true,
            },
            new("DELETE", Item, "deleteUser", Access.Admin, "Delete a user, whose tokens end", DeleteAsync)
            {
                Status = 204,
                Conditional = true,
            },
        ];

    private Task<Answer> ListAsync(ManagementRequest request) =>
        Pages.ReadAsync(
            request,
            (limit, cursor) => users.ListAsync(request.Tenant, limit, cursor, request.Cancellation),
            user => Show(user.Value)
        );

    private async Task<Answer> CreateAsync(ManagementRequest request)
    {
        var body = await request.ReadBodyAsync();
        var name = body.Text("name")!;
        var change = Read(body);
        CheckRoles(request.Caller, change.Roles ?? []);
        var user = await users.CreateAsync(request.Tenant, name, change, request.Cancellation, request.Actor);
        return Answer.Created(Show(user.Value), $"{ManagementRoute.Prefix}{Collection}/{Uri.EscapeDataString(name)}", user.ETag);
    }

    private async Task<Answer> GetAsync(ManagementRequest request)
    {
        var user = await FindAsync(users, request);
        return Answer.Ok(Show(user.Value), user.ETag);
    }

    private async Task<Answer> PatchAsync(ManagementRequest request)
    {
        var old = await FindManagedAsync(users, request);
        var change = Read(await request.ReadBodyAsync());
        CheckRoles(request.Caller, change.Roles ?? []);
        var seen = request.IfMatch(old.ETag);
        var user = await users.UpdateAsync(request.Tenant, old.Value.Name, change, seen, request.Cancellation, request.Actor);
        return Answer.Ok(Show(user.Value), user.ETag);
    }

    private async Task<Answer> DeleteAsync(ManagementRequest request)
    {
        var old = await FindManagedAsync(users, request);
        await users.DeleteAsync(request.Tenant, old.Value.Name, request.IfMatch(old.ETag), request.Cancellation, request.Actor);
        return Answer.NoContent;
    }

    /// <summary>The user that the path names.</summary>
    public static async ValueTask<Stored<User>> FindAsync(UserDirectory users, ManagementRequest request)
    {
        var name = request.Path("name");
        return await users.FindAsync(request.Tenant, name, request.Cancellation) ?? throw DomainException.NotFound($"user '{name}'");
    }

    /// <summary>The user that the path names, where the caller may change it.</summary>
    public static async ValueTask<Stored<User>> FindManagedAsync(UserDirectory users, ManagementRequest request)
    {
        var user = await FindAsync(users, request);
        CheckRoles(request.Caller, user.Value.Roles);
        return user;
    }

    private static void CheckRoles(Caller caller, IReadOnlyList<string> roles)
    {
        if (!caller.MayManage(roles))
        {
            throw new ProblemException(Problems.Forbidden, "Only an operator manages operators.");
        }
    }

    private static UserChange Read(JsonObject body) =>
        new()
        {
            Password = body.Text("password"),
            Roles = body["roles"] is null ? null : [.. body.Texts("roles", []).Distinct()],
            MqttUser = body.ContainsKey("mqttUser") ? body.Text("mqttUser") ?? "" : null,
            Conduit = body.Object("conduit") is { } conduit
                ? new ConduitChange(Http: Switch(conduit, "http"), Mqtt: Switch(conduit, "mqtt"), Webhook: Switch(conduit, "webhook"))
                : null,
        };

    private static bool? Switch(JsonObject body, string name) => body[name]?.GetValue<bool>();

    private static JsonObject Show(User user) =>
        new()
        {
            ["name"] = user.Name,
            ["roles"] = JsonMembers.ToArray(user.Roles),
            ["mqttUser"] = user.MqttUser,
            ["hasPassword"] = user.Password is not null,
            ["tokens"] = TokenRoutes.Show(user),
            ["conduit"] = new JsonObject
            {
                ["http"] = user.Conduit?.Http ?? false,
                ["mqtt"] = user.Conduit?.Mqtt ?? false,
                ["webhook"] = user.Conduit?.Webhook ?? false,
            },
        };
}
