using System.Text.Json.Nodes;
using Serverless.Dialects.Thingsee.Messages;
using Serverless.Domain;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Thingsee.Resources;

/// <summary>things/{tuid}/installations: the status of a thing, and what it was before. Of a thing of which nothing was said the status is new. [I]</summary>
internal sealed class InstallationRoutes(Things things, Installations installations)
{
    private const string Path = "things/{name}/installations";

    public IEnumerable<ThingseeRoute> All() =>
        [new ThingseeRoute("POST", Path, true, AddAsync), new ThingseeRoute("GET", Path, false, ListAsync)];

    private async Task<JsonNode> AddAsync(ThingseeRequest request)
    {
        var status = ThingseeRequest.Text(await request.ReadObjectAsync(), "installation_status");
        if (!Installations.Statuses.Contains(status))
        {
            throw DomainException.Invalid(
                "installation_status",
                $"installation_status is one of {string.Join(", ", Installations.Statuses)}."
            );
        }

        var thing = await things.GetOrMakeAsync(request);
        var stored = await installations.AddAsync(request.Tenant, thing.Id, status, request.Caller.User, request.Cancellation);
        return new JsonObject
        {
            ["tuid"] = stored.Value.Tuid(),
            ["installation_status"] = status,
            ["group_id"] = stored.Value.GroupId(),
        };
    }

    private async Task<JsonNode> ListAsync(ThingseeRequest request)
    {
        var limit = request.Number("limit", 0, int.MaxValue) is > 0 and var most ? most : int.MaxValue;
        var thing = await things.GetAsync(request);
        var entries = new JsonArray();
        await foreach (var entry in installations.ListAsync(request.Tenant, thing.Id, request.Cancellation))
        {
            if (entries.Count == 0 && entry.Value.Status != thing.Installation)
            {
                // The twin's own member was set since, by another API.
                entries.Add(Entry(thing, thing.Installation ?? Installations.Statuses[0], thing.Updated));
            }

            if (entries.Count >= limit)
            {
                break;
            }

            entries.Add(Entry(thing, entry.Value.Status, entry.Value.Time));
        }

        if (entries.Count == 0)
        {
            entries.Add(Entry(thing, thing.Installation ?? Installations.Statuses[0], thing.Created));
        }

        return entries;
    }

    private static JsonObject Entry(DeviceTwin thing, string status, DateTimeOffset time) =>
        new()
        {
            ["tuid"] = thing.Tuid(),
            ["installation_status"] = status,
            ["timestamp"] = time.ToUnixTimeSeconds(),
        };
}
