using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Tenants;

namespace Serverless.Dialects.Cumulocity.Tenants;

/// <summary>The tenant that a caller is of, and how its users log in (reference 1.2).</summary>
internal sealed class TenantRoutes(TenantDirectory tenants) : ICumulocityRoutes
{
    public IEnumerable<CumulocityRoute> All() =>
        [
            new("GET", "/tenant/currentTenant", Permission.Read, CurrentAsync),
            new("GET", "/tenant/loginOptions", Permission.None, request => Task.FromResult(LoginOptions(request))),
        ];

    private async Task<CumulocityAnswer> CurrentAsync(CumulocityRequest request)
    {
        // No tenant has a parent here: the answer is the same with and without.
        request.Flag("withParent");
        var tenant = await tenants.FindAsync(request.Tenant, request.Cancellation);
        var properties = new JsonObject();
        if (tenant?.Value.Name is { Length: > 0 } name)
        {
            properties["displayName"] = name;
        }

        var shown = new JsonObject
        {
            ["name"] = request.Tenant,
            ["domainName"] = request.Context.Request.Host.Host,
            ["allowCreateTenants"] = false,
            ["customProperties"] = properties,
            ["applications"] = new JsonObject { ["references"] = new JsonArray() },
            ["self"] = request.Urls.Of("/tenant/currentTenant"),
        };
        return CumulocityAnswer.Ok(shown, "currenttenant");
    }

    private static CumulocityAnswer LoginOptions(CumulocityRequest request)
    {
        // Every tenant logs in by the same ways.
        request.Flag("management");
        var tenant = request.Query("tenantId") is { } id ? $"?tenant_id={Uri.EscapeDataString(id)}" : "";
        return CumulocityAnswer.Ok(
            new JsonObject
            {
                ["self"] = request.Urls.Of("/tenant/loginOptions"),
                ["loginOptions"] = new JsonArray(
                    new JsonObject
                    {
                        ["id"] = "oauth2-internal",
                        ["self"] = request.Urls.Of("/tenant/loginOptions/oauth2-internal"),
                        ["type"] = "OAUTH2_INTERNAL",
                        ["userManagementSource"] = "INTERNAL",
                        ["grantType"] = "PASSWORD",
                        ["visibleOnLoginPage"] = true,
                        ["initRequest"] = request.Urls.Of($"/tenant/oauth{tenant}"),
                        ["enforceStrength"] = false,
                        ["sessionConfiguration"] = new JsonObject
                        {
                            ["absoluteTimeoutMillis"] = (long)Authentication.AccessTokens.AccessLife.TotalMilliseconds,
                            ["userAgentValidationRequired"] = false,
                        },
                    },
                    new JsonObject
                    {
                        ["id"] = "basic",
                        ["self"] = request.Urls.Of("/tenant/loginOptions/basic"),
                        ["type"] = "BASIC",
                        ["userManagementSource"] = "INTERNAL",
                        ["visibleOnLoginPage"] = true,
                        ["enforceStrength"] = false,
                    }
                ),
            },
            "loginoptioncollection"
        );
    }
}
