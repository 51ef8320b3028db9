using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Inventory.Objects;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Users;

/// <summary>The user who asks, in the two forms that clients ask for by what they accept (reference 1.2).</summary>
internal sealed class CurrentUserRoutes(UserDirectory users, UserProfiles profiles, TimeProvider time) : ICumulocityRoutes
{
    private const string Path = "/user/currentUser";
    private const string CurrentType = "currentuser";
    private const string UserType = "user";
    private const int LongestText = 1000;

    private static readonly DateTimeOffset Never = DateTimeOffset.UnixEpoch;

    public IEnumerable<CumulocityRoute> All() =>
        [new("GET", Path, Permission.Read, ReadAsync), new("PUT", Path, Permission.Read, UpdateAsync)];

    private async Task<CumulocityAnswer> ReadAsync(CumulocityRequest request) =>
        Show(request, await profiles.GetAsync(request.Tenant, request.Caller.User, request.Cancellation));

    private async Task<CumulocityAnswer> UpdateAsync(CumulocityRequest request)
    {
        var body = await request.ReadObjectAsync();
        var members = new BodyMembers(request, body);
        members.CheckTexts("userName");
        members.CheckObjects("devicePermissions");
        var old = await profiles.GetAsync(request.Tenant, request.Caller.User, request.Cancellation);
        var profile = old with
        {
            FirstName = Changed(request, body, "firstName", old.FirstName),
            LastName = Changed(request, body, "lastName", old.LastName),
            DisplayName = Changed(request, body, "displayName", old.DisplayName),
            Email = Changed(request, body, "email", old.Email),
            Phone = Changed(request, body, "phone", old.Phone),
            CustomProperties = body["customProperties"] switch
            {
                null => old.CustomProperties,
                JsonObject properties => properties.DeepClone().AsObject(),
                _ => throw request.Invalid("The member customProperties is a JSON object."),
            },
        };
        if (Changed(request, body, "password", null) is { Length: > 0 } password)
        {
            await users.UpdateAsync(
                request.Tenant,
                request.Caller.User,
                new UserChange { Password = password },
                null,
                request.Cancellation,
                request.Actor()
            );
            profile = profile with { LastPasswordChange = time.GetUtcNow() };
        }

        await profiles.SetAsync(request.Tenant, request.Caller.User, profile, request.Cancellation);
        return Show(request, profile);
    }

    private static string? Changed(CumulocityRequest request, JsonObject body, string member, string? old)
    {
        if (!body.ContainsKey(member))
        {
            return old;
        }

        return body[member] switch
        {
            null => null,
            JsonValue value when value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length <= LongestText =>
                value.GetValue<string>(),
            _ => throw request.Invalid($"The member {member} is a text of at most {LongestText} characters."),
        };
    }

    private static CumulocityAnswer Show(CumulocityRequest request, UserProfile profile)
    {
        var whole = request.Accept.Contains(UserType);
        var (caller, roles) = (request.Caller, VendorRoles.Of(request.Caller));
        var shown = new JsonObject
        {
            ["self"] = request.Urls.Of(whole ? $"/user/{request.Tenant}/users/{Uri.EscapeDataString(caller.User)}" : Path),
            ["id"] = caller.User,
            ["userName"] = caller.User,
            ["firstName"] = profile.FirstName ?? "",
            ["lastName"] = profile.LastName ?? "",
            ["phone"] = profile.Phone ?? "",
            ["lastPasswordChange"] = ManagedObjectJson.Time(profile.LastPasswordChange ?? Never),
            ["shouldResetPassword"] = false,
            ["twoFactorAuthenticationEnabled"] = false,
            ["devicePermissions"] = new JsonObject(),
            ["customProperties"] = profile.CustomProperties.DeepClone(),
        };
        if (profile.Email is { } email)
        {
            shown["email"] = email;
        }

        var references = roles.Select(role => new JsonObject
        {
            ["id"] = role,
            ["name"] = role,
            ["self"] = request.Urls.Of($"/user/roles/{role}"),
        });
        if (!whole)
        {
            shown["effectiveRoles"] = new JsonArray([.. references]);
            return CumulocityAnswer.Ok(shown, CurrentType);
        }

        shown["displayName"] = profile.DisplayName ?? caller.User;
        shown["enabled"] = true;
        shown["passwordStrength"] = "GREEN";
        shown["applications"] = new JsonArray();
        shown["groups"] = new JsonObject { ["self"] = $"{shown["self"]}/groups", ["references"] = new JsonArray() };
        shown["roles"] = new JsonObject
        {
            ["self"] = $"{shown["self"]}/roles",
            ["references"] = new JsonArray([
                .. references.Select(role => new JsonObject { ["role"] = role, ["self"] = $"{shown["self"]}/roles/{role["id"]}" }),
            ]),
        };
        return CumulocityAnswer.Ok(shown, UserType);
    }
}
