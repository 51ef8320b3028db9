using System.Text.Json.Nodes;
using Serverless.Dialects.Management.Routing;
using Serverless.Dialects.Management.Schemas;
using Serverless.Domain;
using Serverless.Domain.Commands;
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
            Settings = body.Object("settings") is { } settings ? Merge(tenant.Settings, settings) : tenant.Settings,
        };

    private static TenantSettings Merge(TenantSettings settings, JsonObject body) =>
        settings with
        {
            UnknownDevices = body.Text("unknownDevices", settings.UnknownDevices?.ToString()) is { } unknown
                ? Enum.Parse<UnknownDevices>(unknown)
                : null,
            ProficloudErrors500 = body.Flag("proficloudErrors500", settings.ProficloudErrors500),
            Commands = body.Object("commands") is { } commands ? Merge(settings.Commands, commands) : settings.Commands,
            Queries = body.Object("queries") is { } queries ? Merge(settings.Queries, queries) : settings.Queries,
            Thingsee = body.Object("thingsee") is { } thingsee ? Merge(settings.Thingsee, thingsee) : settings.Thingsee,
        };

    private static CommandSettings Merge(CommandSettings settings, JsonObject body) =>
        settings with
        {
            Delivery = body.Text("delivery") is { } way ? Enum.Parse<CommandDelivery>(way) : settings.Delivery,
            LifetimeSeconds = body.Integer("lifetimeSeconds", settings.LifetimeSeconds),
        };

    private static ThingseeSettings Merge(ThingseeSettings settings, JsonObject body) =>
        settings with
        {
            StrictGroupIds = body.Flag("strictGroupIds", settings.StrictGroupIds),
        };

    private static QuerySettings Merge(QuerySettings settings, JsonObject body) =>
        new()
        {
            MaxRows = body.Integer("maxRows", settings.MaxRows),
            MaxBuckets = body.Integer("maxBuckets", settings.MaxBuckets),
            MaxSeries = body.Integer("maxSeries", settings.MaxSeries),
            MaxPoints = body.Long("maxPoints") ?? settings.MaxPoints,
            MaxMemory = body.Long("maxMemory") ?? settings.MaxMemory,
            TimeoutSeconds = body.Integer("timeoutSeconds", settings.TimeoutSeconds),
            MaxConcurrent = body.Integer("maxConcurrent", settings.MaxConcurrent),
            MaxLength = body.Integer("maxLength", settings.MaxLength),
            MaxDepth = body.Integer("maxDepth", settings.MaxDepth),
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
            ["settings"] = new JsonObject
            {
                ["unknownDevices"] = tenant.Settings.UnknownDevices?.ToString(),
                ["proficloudErrors500"] = tenant.Settings.ProficloudErrors500,
                ["commands"] = new JsonObject
                {
                    ["delivery"] = tenant.Settings.Commands.Delivery.ToString(),
                    ["lifetimeSeconds"] = tenant.Settings.Commands.LifetimeSeconds,
                },
                ["queries"] = Show(tenant.Settings.Queries),
                ["thingsee"] = new JsonObject { ["strictGroupIds"] = tenant.Settings.Thingsee.StrictGroupIds },
            },
            ["databases"] = JsonMembers.ToArray(others),
        };
    }

    private static JsonObject Show(QuerySettings queries) =>
        new()
        {
            ["maxRows"] = queries.MaxRows,
            ["maxBuckets"] = queries.MaxBuckets,
            ["maxSeries"] = queries.MaxSeries,
            ["maxPoints"] = queries.MaxPoints,
            ["maxMemory"] = queries.MaxMemory,
            ["timeoutSeconds"] = queries.TimeoutSeconds,
            ["maxConcurrent"] = queries.MaxConcurrent,
            ["maxLength"] = queries.MaxLength,
            ["maxDepth"] = queries.MaxDepth,
        };
}
