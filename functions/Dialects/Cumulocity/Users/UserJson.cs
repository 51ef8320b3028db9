using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Inventory.Objects;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Users;

/// <summary>A user as the API shows him (reference 1.2).</summary>
internal static class UserJson
{
    public const string Type = "user";
    public const string CurrentType = "currentuser";
    public const string CurrentPath = "/user/currentUser";

    private static readonly DateTimeOffset Never = DateTimeOffset.UnixEpoch;

    public static string SelfOf(string tenant, string name, SelfUrls urls) =>
        urls.Of($"/user/{Uri.EscapeDataString(tenant)}/users/{Uri.EscapeDataString(name)}");

    /// <summary>The user who asks, with what he may do.</summary>
    public static JsonObject OfCurrent(Caller user, UserProfile profile, SelfUrls urls)
    {
        var shown = Shared(user, profile, urls.Of(CurrentPath));
        shown["effectiveRoles"] = new JsonArray([.. RolesOf(user, urls)]);
        return shown;
    }

    /// <summary>Any user.</summary>
    public static JsonObject Of(Caller user, UserProfile profile, SelfUrls urls)
    {
        var self = SelfOf(user.Tenant, user.User, urls);
        var shown = Shared(user, profile, self);
        shown["displayName"] = profile.DisplayName ?? user.User;
        shown["enabled"] = true;
        shown["passwordStrength"] = "GREEN";
        shown["applications"] = new JsonArray();
        shown["groups"] = new JsonObject { ["self"] = $"{self}/groups", ["references"] = new JsonArray() };
        shown["roles"] = new JsonObject
        {
            ["self"] = $"{self}/roles",
            ["references"] = new JsonArray([
                .. RolesOf(user, urls).Select(role => new JsonObject { ["role"] = role, ["self"] = $"{self}/roles/{role["id"]}" }),
            ]),
        };
        return shown;
    }

    private static JsonObject Shared(Caller user, UserProfile profile, string self)
    {
        var shown = new JsonObject
        {
            ["self"] = self,
            ["id"] = user.User,
            ["userName"] = user.User,
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

        return shown;
    }

    private static IEnumerable<JsonObject> RolesOf(Caller user, SelfUrls urls) =>
        VendorRoles
            .Of(user)
            .Select(role => new JsonObject
            {
                ["id"] = role,
                ["name"] = role,
                ["self"] = urls.Of($"/user/roles/{role}"),
            });
}
