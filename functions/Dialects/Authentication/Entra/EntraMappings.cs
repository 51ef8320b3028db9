namespace Serverless.Dialects.Authentication.Entra;

/// <summary>Finds what a token opens: the first mapping that fits says the tenant, and the roles of all that fit and name this tenant add up.</summary>
internal sealed class EntraMappings(EntraOptions options)
{
    /// <returns>The tenant and the roles in it, or null where no mapping fits.</returns>
    public (string Tenant, IReadOnlyList<string> Roles)? Find(EntraClaims claims)
    {
        var fitting = options.Mappings.Where(mapping => Fits(mapping, claims)).ToList();
        return fitting.Count == 0
            ? null
            : (
                fitting[0].Tenant,
                [.. fitting.Where(mapping => mapping.Tenant == fitting[0].Tenant).SelectMany(mapping => mapping.Roles).Distinct()]
            );
    }

    private bool Fits(EntraMapping mapping, EntraClaims claims) =>
        options.DirectoryOf(mapping) == claims.Directory
        && (mapping.Application is null || mapping.Application.Equals(claims.Application, StringComparison.OrdinalIgnoreCase))
        && (mapping.Role is null || claims.Roles.Contains(mapping.Role))
        && (mapping.Scope is null || claims.Scopes.Contains(mapping.Scope))
        && (mapping.Group is null || claims.Groups.Contains(mapping.Group, StringComparer.OrdinalIgnoreCase))
        && (!IsOfProgram(mapping) || claims.Scopes.Count == 0);

    private static bool IsOfProgram(EntraMapping mapping) => mapping is { Role: null, Scope: null, Group: null };
}
