using Microsoft.IdentityModel.JsonWebTokens;

namespace Serverless.Dialects.Authentication.Entra;

/// <summary>What a good token says of its caller.</summary>
/// <param name="Directory">The directory (tid).</param>
/// <param name="Subject">The user or program in it, by object id (oid).</param>
/// <param name="Application">The client id of the program that calls (azp, appid).</param>
/// <param name="Roles">App roles (roles).</param>
/// <param name="Scopes">Delegated permissions (scp); a program that calls for itself has none.</param>
/// <param name="Groups">Object ids of groups (groups), where the registration asks for them.</param>
internal sealed record EntraClaims(
    Guid Directory,
    string Subject,
    string Application,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Scopes,
    IReadOnlyList<string> Groups
)
{
    public static EntraClaims Of(JsonWebToken token) =>
        new(
            Guid.Parse(EntraValidator.Text(token, "tid")!),
            EntraValidator.Text(token, "oid") ?? token.Subject,
            EntraValidator.Text(token, "azp") ?? EntraValidator.Text(token, "appid") ?? "",
            [.. Values(token, "roles")],
            [.. Values(token, "scp").SelectMany(scopes => scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries))],
            [.. Values(token, "groups")]
        );

    private static IEnumerable<string> Values(JsonWebToken token, string name) =>
        token.Claims.Where(claim => claim.Type == name).Select(claim => claim.Value);
}
