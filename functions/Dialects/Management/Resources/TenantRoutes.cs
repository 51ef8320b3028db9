using System.Text.Json.Nodes;
using Serverless.Dialects.Management.Routing;
using Serverless.Dialects.Management.Schemas;
using Serverless.Domain;
using Serverless.Domain.Documents;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Management.Resources;

/// <summary>Tenants: all of them for an operator, its own for an admin.</summary>
internal sealed class TenantRoutes(TenantDirectory tenants, DatabaseDirectory databases)
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
        Pages.ReadAsync(
            request,
            async (limit, cursor) =>
            {
                var (items, next) = await tenants.ListAsync(limit, cursor, request.Cancellation);
                var shown = new List<JsonObject>();
                foreach (var tenant in items)
                {
                    shown.Add(await ShowAsync(tenant.Value, request.Cancellation));
                }

                return ((IReadOnlyList<JsonObject>)shown, next);
            },
            shown => shown
        );

    private async Task<Answer> CreateAsync(ManagementRequest request)
    {
        var body = await request.ReadBodyAsync();
        var named = Databases(body);
        var tenant = await tenants.CreateAsync(Merge(new Tenant { Id = body.Text("id")! }, body), request.Cancellation);
        await SetDatabasesAsync(tenant.Value.Id, named, request.Cancellation);
        var shown = await ShowAsync(tenant.Value, request.Cancellation);
        return Answer.Created(shown, $"{ManagementRoute.Prefix}{Collection}/{tenant.Value.Id}", tenant.ETag);
    }

    private async Task<Answer> GetAsync(ManagementRequest request)
    {
        var tenant = await FindAsync(request);
        return Answer.Ok(await ShowAsync(tenant.Value, request.Cancellation), tenant.ETag);
    }

    private async Task<Answer> PatchAsync(ManagementRequest request)
    {
        var old = await FindAsync(request);
        var body = await request.ReadBodyAsync();
        var named = Databases(body);
        var tenant = await tenants.UpdateAsync(old.Value.Id, value => Merge(value, body), request.IfMatch(old.ETag), request.Cancellation);
        await SetDatabasesAsync(tenant.Value.Id, named, request.Cancellation);
        return Answer.Ok(await ShowAsync(tenant.Value, request.Cancellation), tenant.ETag);
    }

    /// <summary>The databases that the body names, or null where it has none.</summary>
    private static HashSet<string>? Databases(JsonObject body)
    {
        var names = body["databases"] is null ? null : body.Texts("databases", []).ToHashSet();
        return names?.FirstOrDefault(name => !Names.IsDatabaseName(name)) is { } bad
            ? throw DomainException.Invalid(
                "databases",
                $"'{bad}' is no name for a database: 1 to 255 bytes, none of them a slash or a control."
            )
            : names;
    }

    /// <summary>A merge patch replaces a list as a whole: what is named is there afterwards, what is left out is not.</summary>
    private async Task SetDatabasesAsync(string tenant, HashSet<string>? named, CancellationToken cancellation)
    {
        if (named is null)
        {
            return;
        }

        var there = (await databases.ListAsync(tenant, cancellation)).Select(database => database.Name).ToList();
        foreach (var name in named.Except(there))
        {
            await databases.CreateAsync(tenant, name, null, cancellation);
        }

        foreach (var name in there.Except(named).Where(name => name != Tenant.DeviceDatabase))
        {
            await databases.DropAsync(tenant, name, cancellation);
        }
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
            Settings = body.Object("settings") is { } settings ? tenant.Settings.Merge(settings) : tenant.Settings,
        };

    private async Task<JsonObject> ShowAsync(Tenant tenant, CancellationToken cancellation)
    {
        var others = (await databases.ListAsync(tenant.Id, cancellation))
            .Select(database => database.Name)
            .Where(name => name != Tenant.DeviceDatabase);
        return new JsonObject
        {
            ["id"] = tenant.Id,
            ["name"] = tenant.Name,
            ["timeZone"] = tenant.TimeZone,
            ["settings"] = tenant.Settings.ToJson(),
            ["databases"] = JsonMembers.ToArray(others),
        };
    }
}
