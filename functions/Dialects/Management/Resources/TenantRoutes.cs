using System.Text.Json.Nodes;
using Serverless.Dialects.Management.Routing;
using Serverless.Dialects.Management.Schemas;
using Serverless.Domain;
using Serverless.Domain.Documents;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Management.Resources;

/// <summary>Tenants: all of them for an operator, its own for an admin.</summary>
internal sealed class TenantRoutes(TenantDirectory tenants)
{
    private const string Collection = "/tenants";
    private const string Item = "/tenants/{tenant}";

    public IEnumerable<ManagementRoute> All() =>
        [
            new("GET", Collection, "listTenants", Access.Operator, "List tenants by their ids", ListAsync)
            {
                InTenant = false,
                Query = Pages.Parameters,
                Response = Components.PageOf("Tenant"),
            },
            new("POST", Collection, "createTenant", Access.Operator, "Create a tenant", CreateAsync)
            {
                InTenant = false,
                Request = "NewTenant",
                Response = "Tenant",
                Status = 201,
                Tagged = true,
                Problems = [Problems.Exists],
            },
            new("GET", Item, "getTenant", Access.Admin, "Read a tenant", GetAsync)
            {
                InTenant = false,
                Response = "Tenant",
                Tagged = true,
            },
            new("PATCH", Item, "patchTenant", Access.Admin, "Change a tenant by a merge patch", PatchAsync)
            {
                InTenant = false,
                Request = "TenantPatch",
                Response = "Tenant",
                Tagged = true,
                Conditional = true,
            },
        ];

    private Task<Answer> ListAsync(ManagementRequest request) =>
        Pages.ReadAsync(request, (limit, cursor) => tenants.ListAsync(limit, cursor, request.Cancellation), tenant => Show(tenant.Value));

    private async Task<Answer> CreateAsync(ManagementRequest request)
    {
        var body = await request.ReadBodyAsync();
        var tenant = await tenants.CreateAsync(Merge(new Tenant { Id = body.Text("id")! }, body), request.Cancellation);
        return Answer.Created(Show(tenant.Value), $"{ManagementRoute.Prefix}{Collection}/{tenant.Value.Id}", tenant.ETag);
    }

    private async Task<Answer> GetAsync(ManagementRequest request)
    {
        var tenant = await FindAsync(request);
        return Answer.Ok(Show(tenant.Value), tenant.ETag);
    }

    private async Task<Answer> PatchAsync(ManagementRequest request)
    {
        var old = await FindAsync(request);
        var body = await request.ReadBodyAsync();
        var tenant = await tenants.UpdateAsync(old.Value.Id, value => Merge(value, body), request.IfMatch(old.ETag), request.Cancellation);
        return Answer.Ok(Show(tenant.Value), tenant.ETag);
    }

    private async ValueTask<Stored<Tenant>> FindAsync(ManagementRequest request)
    {
        var id = request.Path("tenant");
        return id == request.Caller.Tenant || request.Caller.Is(Roles.Operator)
            ? await tenants.GetAsync(id, request.Cancellation)
            : throw DomainException.NotFound($"tenant '{id}'");
    }

    private static Tenant Merge(Tenant tenant, JsonObject body) =>
        tenant with
        {
            Name = body.Text("name", tenant.Name)!,
            TimeZone = body.Text("timeZone", tenant.TimeZone)!,
            Databases = body.Texts("databases", tenant.Databases),
            Settings = body.Object("settings") is { } settings ? Merge(tenant.Settings, settings) : tenant.Settings,
        };

    private static TenantSettings Merge(TenantSettings settings, JsonObject body) =>
        new()
        {
            UnknownDevices = body.Text("unknownDevices", settings.UnknownDevices?.ToString()) is { } unknown
                ? Enum.Parse<UnknownDevices>(unknown)
                : null,
            ProficloudErrors500 = body.Flag("proficloudErrors500", settings.ProficloudErrors500),
        };

    private static JsonObject Show(Tenant tenant) =>
        new()
        {
            ["id"] = tenant.Id,
            ["name"] = tenant.Name,
            ["timeZone"] = tenant.TimeZone,
            ["settings"] = new JsonObject
            {
                ["unknownDevices"] = tenant.Settings.UnknownDevices?.ToString(),
                ["proficloudErrors500"] = tenant.Settings.ProficloudErrors500,
            },
            ["databases"] = JsonMembers.ToArray(tenant.Databases),
        };
}
