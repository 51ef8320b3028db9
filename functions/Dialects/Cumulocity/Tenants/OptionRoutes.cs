using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Requests;

namespace Serverless.Dialects.Cumulocity.Tenants;

/// <summary>A tenant's options, which its admins set, and the system's, which nobody does (reference 1.2).</summary>
internal sealed class OptionRoutes(TenantOptions options, PageCursors cursors) : ICumulocityRoutes
{
    private const string Path = "/tenant/options";
    private const string Type = "option";
    private const int MostOfCategory = 2000;

    private static readonly IReadOnlyList<(string Category, string Key, string Value)> SystemOptions =
    [
        (
            "system",
            "version",
            typeof(OptionRoutes).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0"
        ),
        ("password", "enforce.strength", "false"),
        ("password", "green.min-length", "8"),
        ("two-factor-authentication", "enabled", "false"),
        ("files", "max.size", $"{Domain.Binaries.BinaryStore.MaxLength}"),
    ];

    public IEnumerable<CumulocityRoute> All() =>
        [
            new("POST", Path, Permission.Admin, CreateAsync),
            new("GET", Path, Permission.Read, ListAsync),
            new("GET", $"{Path}/{{category}}", Permission.Read, ReadCategoryAsync),
            new("PUT", $"{Path}/{{category}}", Permission.Admin, UpdateCategoryAsync),
            new("GET", $"{Path}/{{category}}/{{key}}", Permission.Read, ReadAsync),
            new("PUT", $"{Path}/{{category}}/{{key}}", Permission.Admin, UpdateAsync),
            new("DELETE", $"{Path}/{{category}}/{{key}}", Permission.Admin, DeleteAsync),
            new("GET", "/tenant/system/options", Permission.Read, request => Task.FromResult(ListSystem(request))),
            new("GET", "/tenant/system/options/{category}/{key}", Permission.Read, request => Task.FromResult(ReadSystem(request))),
        ];

    private async Task<CumulocityAnswer> CreateAsync(CumulocityRequest request)
    {
        var body = await request.ReadObjectAsync();
        var missing = new[] { "category", "key", "value" }.Where(member => body[member] is null).ToList();
        if (missing.Count > 0)
        {
            throw CumulocityErrors.MissingFields(missing);
        }

        return await SetAsync(request, TextOf(request, body, "category"), TextOf(request, body, "key"), TextOf(request, body, "value"));
    }

    private async Task<CumulocityAnswer> ListAsync(CumulocityRequest request)
    {
        var page = request.Page;
        var (items, hasMore) = await cursors.ReadAsync(
            request,
            (limit, cursor) => options.ListAsync(request.Tenant, null, limit, cursor, request.Cancellation)
        );
        var total = page.WithTotals ? await options.CountAsync(request.Tenant, request.Cancellation) : (long?)null;
        return PageAnswer.Of(request, "options", "optioncollection", items.Select(option => Show(request, option)), hasMore, total);
    }

    private async Task<CumulocityAnswer> ReadCategoryAsync(CumulocityRequest request)
    {
        var (items, _) = await options.ListAsync(request.Tenant, request["category"], MostOfCategory, null, request.Cancellation);
        return CumulocityAnswer.Ok(
            new JsonObject(items.Select(option => KeyValuePair.Create(option.Name, (JsonNode?)ValueOf(option)))),
            Type
        );
    }

    private async Task<CumulocityAnswer> UpdateCategoryAsync(CumulocityRequest request)
    {
        var body = await request.ReadObjectAsync();
        var values = body.ToDictionary(member => member.Key, member => TextOf(request, body, member.Key));
        await options.SetAsync(request.Tenant, request["category"], values, request.Actor(), request.Cancellation);
        return await ReadCategoryAsync(request);
    }

    private async Task<CumulocityAnswer> ReadAsync(CumulocityRequest request) =>
        CumulocityAnswer.Ok(Show(request, await GetAsync(request)), Type);

    private async Task<CumulocityAnswer> UpdateAsync(CumulocityRequest request)
    {
        var body = await request.ReadObjectAsync();
        if (body["value"] is null)
        {
            throw CumulocityErrors.MissingFields(["value"]);
        }

        return await SetAsync(request, request["category"], request["key"], TextOf(request, body, "value"));
    }

    private async Task<CumulocityAnswer> DeleteAsync(CumulocityRequest request)
    {
        if (!await options.DeleteAsync(request.Tenant, request["category"], request["key"], request.Actor(), request.Cancellation))
        {
            throw Missing(request);
        }

        cursors.Forget(request.Tenant);
        return CumulocityAnswer.NoContent;
    }

    /// <summary>Setting what is set already changes it: 200 in either case, as clients expect.</summary>
    private async Task<CumulocityAnswer> SetAsync(CumulocityRequest request, string category, string key, string value)
    {
        await options.SetAsync(
            request.Tenant,
            category,
            new Dictionary<string, string> { [key] = value },
            request.Actor(),
            request.Cancellation
        );
        var option = await options.FindAsync(request.Tenant, category, key, request.Cancellation);
        return CumulocityAnswer.Ok(Show(request, option ?? new TenantOption(category, key, value)), Type);
    }

    private async Task<TenantOption> GetAsync(CumulocityRequest request) =>
        await options.FindAsync(request.Tenant, request["category"], request["key"], request.Cancellation) ?? throw Missing(request);

    private static CumulocityException Missing(CumulocityRequest request) =>
        CumulocityErrors.NotFound("tenant", $"There is no option '{request["key"]}' in the category '{request["category"]}'.");

    private static CumulocityAnswer ListSystem(CumulocityRequest request) =>
        PageAnswer.Of(
            request,
            "options",
            "optioncollection",
            SystemOptions.Select(option => ShowSystem(request, option)),
            hasMore: false,
            SystemOptions.Count
        );

    private static CumulocityAnswer ReadSystem(CumulocityRequest request) =>
        SystemOptions.FirstOrDefault(option => option.Category == request["category"] && option.Key == request["key"])
            is { Key: not null } found
            ? CumulocityAnswer.Ok(ShowSystem(request, found), Type)
            : throw Missing(request);

    private static JsonObject ShowSystem(CumulocityRequest request, (string Category, string Key, string Value) option) =>
        new()
        {
            ["category"] = option.Category,
            ["key"] = option.Key,
            ["value"] = option.Value,
            ["self"] = request.Urls.Of($"/tenant/system/options/{option.Category}/{option.Key}"),
        };

    private static JsonObject Show(CumulocityRequest request, TenantOption option) =>
        new()
        {
            ["category"] = option.Type,
            ["key"] = option.Name,
            ["value"] = ValueOf(option),
            ["self"] = request.Urls.Of($"{Path}/{Uri.EscapeDataString(option.Type)}/{Uri.EscapeDataString(option.Name)}"),
        };

    private static string ValueOf(TenantOption option) => option.Value ?? TenantOptions.Encrypted;

    private static string TextOf(CumulocityRequest request, JsonObject body, string member) =>
        body[member] is JsonValue value && value.GetValueKind() == JsonValueKind.String
            ? value.GetValue<string>()
            : throw request.Invalid($"The member {member} is a text.");
}
