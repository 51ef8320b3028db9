using System.Text.Json.Nodes;
using Serverless.Dialects.Management.Routing;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using static Serverless.Dialects.Management.Schemas.Schema;

namespace Serverless.Dialects.Management.Resources;

/// <summary>The query of a list of devices as the store's filter and order.</summary>
internal static class DeviceFilter
{
    public static readonly IReadOnlyList<QueryParameter> Parameters =
    [
        new("type", Text().Saying("Devices of this type.")),
        new("name", Text().Saying("Devices of this name; * stands for any characters.")),
        new("owner", Text().Saying("Devices of this user.")),
        new("group", Text().Saying("Devices of this group.")),
        new("connected", Flag().Saying("Devices that are connected, or are not.")),
        new("enabled", Flag().Saying("Devices that are let in, or are not.")),
        new("health", OneOf(Enum.GetNames<HealthColor>()).Saying("Devices that said this of themselves last.")),
        new("externalId", Text().Saying("The device with this external id, as type:value.")),
        new("order", Order().Saying("What to order by, - for descending; else by id.")),
        .. Pages.Parameters,
    ];

    private static JsonObject Order() => OneOf([.. DeviceDirectory.Orders, .. DeviceDirectory.Orders.Select(name => $"-{name}")]);

    /// <summary>The filter, or null where there is none.</summary>
    public static async ValueTask<Filter?> ReadAsync(DeviceDirectory devices, ManagementRequest request)
    {
        var query = request.Query;
        var terms = new List<Filter>();
        foreach (var name in new[] { "type", "owner", "group" })
        {
            if (query.Text(name) is { } text)
            {
                terms.Add(Filter.Eq(name, JsonValue.Create(text)));
            }
        }

        if (query.Text("name") is { } pattern)
        {
            terms.Add(pattern.Contains('*') ? new Filter.Wildcard("name", pattern) : Filter.Eq("name", JsonValue.Create(pattern)));
        }

        if (query["connected"]?.GetValue<bool>() is { } connected)
        {
            // A device that was never connected has no such member.
            var term = Filter.Eq("connection.connected", JsonValue.Create(true));
            terms.Add(connected ? term : new Filter.Not(term));
        }

        if (query["enabled"]?.GetValue<bool>() is { } enabled)
        {
            terms.Add(Filter.Eq("enabled", JsonValue.Create(enabled)));
        }

        if (query.Text("health") is { } color)
        {
            terms.Add(Filter.Eq("health.color", JsonValue.Create(color)));
        }

        if (query.Text("externalId") is { } external)
        {
            terms.Add(await ReadExternalIdAsync(devices, request, external));
        }

        return terms.Count == 0 ? null : Filter.All(terms);
    }

    public static IReadOnlyList<Ordering>? ReadOrder(ManagementRequest request) =>
        request.Query.Text("order") is { } order ? [new Ordering(order.TrimStart('-'), order[0] == '-')] : null;

    private static async ValueTask<Filter> ReadExternalIdAsync(DeviceDirectory devices, ManagementRequest request, string text)
    {
        var colon = text.IndexOf(':');
        if (colon <= 0)
        {
            throw DomainException.Invalid("externalId", "An external id is written type:value.");
        }

        var external = new ExternalId(text[..colon], text[(colon + 1)..]);
        var device = await devices.FindByExternalIdAsync(request.Tenant, external, request.Cancellation);
        return Filter.Eq("id", JsonValue.Create(device?.Value.Id ?? ""));
    }
}
