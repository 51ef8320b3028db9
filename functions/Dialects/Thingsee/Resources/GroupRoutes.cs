using System.Text.Json.Nodes;
using Serverless.Dialects.Thingsee.Messages;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Tenants;

namespace Serverless.Dialects.Thingsee.Resources;

/// <summary>
/// Deployment groups and which things are in them. A group's id must be built as Haltian prescribes it (reference C.1) unless the tenant's setting thingsee.strictGroupIds says otherwise. A thing that
/// is in no group is in unassigned, which is no group that can be made, renamed or deleted; to put a thing there takes it out of its group. [I]
/// </summary>
internal sealed class GroupRoutes(Things things, GroupDirectory groups, TenantDirectory tenants)
{
    private const string Path = "groups";
    private const string Item = "groups/{name}";
    private const string OfThing = "things/{name}/group";

    public IEnumerable<ThingseeRoute> All() =>
        [
            new ThingseeRoute("GET", Path, false, ListAsync),
            new ThingseeRoute("POST", Path, true, CreateAsync),
            new ThingseeRoute("POST", $"{Item}/rename", true, RenameAsync),
            new ThingseeRoute("DELETE", Item, true, DeleteAsync),
            new ThingseeRoute("GET", $"{Item}/things", false, ListThingsAsync),
            new ThingseeRoute("POST", OfThing, true, AssignAsync),
            new ThingseeRoute("GET", OfThing, false, GetGroupAsync),
        ];

    /// <summary>Groups by id. q is a part of an id or of a description, * in it stands for any characters; limit 0 or none is all.</summary>
    private async Task<JsonNode> ListAsync(ThingseeRequest request)
    {
        var limit = request.Number("limit", 0, int.MaxValue) is > 0 and var most ? most : int.MaxValue;
        var filter = request.Query("q") is { } text
            ? Filter.Any(new Filter.Wildcard("id", $"*{text}*"), new Filter.Wildcard("description", $"*{text}*"))
            : null;
        var found = new JsonArray();
        await foreach (var group in groups.ListAsync(request.Tenant, filter, request.Cancellation))
        {
            found.Add(Show(group.Value));
            if (found.Count == limit)
            {
                break;
            }
        }

        return found;
    }

    private async Task<JsonNode> CreateAsync(ThingseeRequest request)
    {
        var body = await request.ReadObjectAsync();
        var id = await NewIdAsync(request, body);
        var description = ThingseeRequest.OptionalText(body, "group_description") ?? "";
        return Show(await groups.CreateAsync(request.Tenant, id, description, request.Cancellation));
    }

    private async Task<JsonNode> RenameAsync(ThingseeRequest request)
    {
        var id = await NewIdAsync(request, await request.ReadObjectAsync());
        var group = await groups.RenameAsync(request.Tenant, request.Name, id, request.Cancellation);
        return new JsonObject { ["group_id"] = group.Id };
    }

    /// <summary>Deletes a group. Its things are unassigned then; what the vendor does with them is not written anywhere. [I]</summary>
    private async Task<JsonNode> DeleteAsync(ThingseeRequest request)
    {
        await groups.DeleteAsync(request.Tenant, request.Name, request.Cancellation);
        return new JsonObject { ["group_id"] = request.Name, ["deleted"] = true };
    }

    private async Task<JsonNode> ListThingsAsync(ThingseeRequest request)
    {
        var group = request.Name == ThingseeNames.Unassigned ? null : request.Name;
        if (group is not null)
        {
            await groups.GetAsync(request.Tenant, group, request.Cancellation);
        }

        var tuids = new JsonArray();
        await foreach (var thing in groups.DevicesAsync(request.Tenant, group, request.Cancellation))
        {
            tuids.Add(thing.Tuid());
        }

        return new JsonObject { ["group_id"] = request.Name, ["tuids"] = tuids };
    }

    private async Task<JsonNode> AssignAsync(ThingseeRequest request)
    {
        var id = ThingseeRequest.Text(await request.ReadObjectAsync(), "group_id");
        var group = id == ThingseeNames.Unassigned ? null : id;
        if (group is not null)
        {
            // Before the thing is made: a wrong group leaves nothing behind.
            await groups.GetAsync(request.Tenant, group, request.Cancellation);
        }

        var thing = await things.GetOrMakeAsync(request);
        return ShowMember((await groups.AssignAsync(request.Tenant, thing.Id, group, request.Cancellation)).Value);
    }

    private async Task<JsonNode> GetGroupAsync(ThingseeRequest request) => ShowMember(await things.GetAsync(request));

    private async Task<string> NewIdAsync(ThingseeRequest request, JsonObject body)
    {
        var id = ThingseeRequest.Text(body, "group_id");
        var settings = (await tenants.GetAsync(request.Tenant, request.Cancellation)).Value.Settings.Thingsee;
        if (id == ThingseeNames.Unassigned || (settings.StrictGroupIds && !GroupIds.IsStrict(id)))
        {
            throw DomainException.Invalid(
                "group_id",
                settings.StrictGroupIds
                    ? "group_id is un, pr, dm or rd, a country's two letters, two reserved characters (00), and up to 58 of a-z and 0-9, such as prfi00northernfinland; unassigned is none."
                    : "unassigned is the group of things that are in none."
            );
        }

        return id;
    }

    private static JsonObject Show(DeviceGroup group) => new() { ["group_id"] = group.Id, ["group_description"] = group.Description };

    private static JsonObject ShowMember(DeviceTwin thing) => new() { ["tuid"] = thing.Tuid(), ["group_id"] = thing.GroupId() };
}
