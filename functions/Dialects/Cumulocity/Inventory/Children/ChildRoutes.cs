using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Inventory.Objects;
using Serverless.Dialects.Cumulocity.Inventory.Queries;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Inventory.Children;

/// <summary>The children of an object by its three relations: assigned, made, listed and let go (reference 1.3).</summary>
internal sealed class ChildRoutes(
    ManagedObjects objects,
    ObjectWrites writes,
    ObjectReferences references,
    QueryReader queries,
    PageCursors cursors
) : ICumulocityRoutes
{
    private const string ReferenceType = "managedobjectreference";
    private const string CollectionType = "managedobjectreferencecollection";

    public IEnumerable<CumulocityRoute> All() => Enum.GetValues<Relation>().SelectMany(Of);

    private IEnumerable<CumulocityRoute> Of(Relation relation)
    {
        var path = $"/inventory/managedObjects/{{id}}/{ObjectReferences.Segment(relation)}";
        return
        [
            new("POST", path, Permission.Write, request => AddAsync(request, relation)),
            new("GET", path, Permission.Read, request => ListAsync(request, relation)),
            new("DELETE", path, Permission.Write, request => RemoveManyAsync(request, relation)),
            new("GET", $"{path}/{{child}}", Permission.Read, request => ReadAsync(request, relation)),
            new("DELETE", $"{path}/{{child}}", Permission.Write, request => RemoveAsync(request, relation)),
        ];
    }

    /// <summary>What is done is told by the media type, else by what the body holds.</summary>
    private async Task<CumulocityAnswer> AddAsync(CumulocityRequest request, Relation relation)
    {
        var parent = (await objects.GetAsync(request, request["id"])).Value;
        var body = await request.ReadObjectAsync();
        var kind = request.ContentType switch
        {
            ReferenceType or CollectionType or ManagedObjectJson.Type => request.ContentType,
            _ when body["references"] is JsonArray => CollectionType,
            _ when body["managedObject"] is JsonObject => ReferenceType,
            _ => ManagedObjectJson.Type,
        };
        return kind switch
        {
            CollectionType => await AddManyAsync(request, parent, relation, body),
            ReferenceType => await AddOneAsync(request, parent, relation, body),
            _ => await CreateAsync(request, parent, relation, body),
        };
    }

    private async Task<CumulocityAnswer> AddOneAsync(CumulocityRequest request, DeviceTwin parent, Relation relation, JsonObject body)
    {
        var child = (await objects.GetAsync(request, IdOf(request, body))).Value;
        await LinkAsync(request, parent, relation, child);
        var self = SelfOf(request, parent, relation, child.Id);
        return CumulocityAnswer.Created(Reference(request, parent, relation, child), ReferenceType, self);
    }

    /// <summary>All of them are looked up before the first is assigned.</summary>
    private async Task<CumulocityAnswer> AddManyAsync(CumulocityRequest request, DeviceTwin parent, Relation relation, JsonObject body)
    {
        var children = new List<DeviceTwin>();
        foreach (var id in IdsOf(request, body))
        {
            children.Add((await objects.GetAsync(request, id)).Value);
        }

        var shown = new JsonArray();
        foreach (var child in children)
        {
            await LinkAsync(request, parent, relation, child);
            shown.Add(Reference(request, parent, relation, child));
        }

        var self = $"{request.Urls.ManagedObject(parent.Id)}/{ObjectReferences.Segment(relation)}";
        return CumulocityAnswer.Created(new JsonObject { ["self"] = self, ["references"] = shown }, CollectionType, self);
    }

    private async Task<CumulocityAnswer> CreateAsync(CumulocityRequest request, DeviceTwin parent, Relation relation, JsonObject body)
    {
        var child = await writes.CreateAsync(request, ManagedObjectInput.Read(body), (parent.Id, relation));
        var shown = await references.ShowAsync(
            request.Tenant,
            child,
            request.Urls,
            ReferenceDetail.Of(request, children: true),
            request.Cancellation
        );
        return CumulocityAnswer.Created(shown, ManagedObjectJson.Type, request.Urls.ManagedObject(child.Id));
    }

    private async Task LinkAsync(CumulocityRequest request, DeviceTwin parent, Relation relation, DeviceTwin child)
    {
        try
        {
            await objects.Links.AddAsync(request.Tenant, parent.Id, relation, child.Id, request.Cancellation);
        }
        catch (DomainException refusal)
        {
            throw ManagedObjects.Refused(refusal, child.Id);
        }
    }

    private async Task<CumulocityAnswer> ListAsync(CumulocityRequest request, Relation relation)
    {
        var parent = (await objects.GetAsync(request, request["id"])).Value;
        var page = request.Page;
        var detail = ReferenceDetail.Of(request, children: false);
        var (children, hasMore, total) = request.Query("query") is { } query
            ? await QueryAsync(request, parent, relation, query)
            : await ChildrenAsync(request, parent, relation);
        var shown = new List<JsonNode>();
        foreach (var child in children)
        {
            var one = await references.ShowAsync(request.Tenant, child, request.Urls, detail, request.Cancellation);
            shown.Add(ObjectReferences.Reference(one, SelfOf(request, parent, relation, child.Id)));
        }

        return PageAnswer.Of(request, "references", CollectionType, shown, hasMore, page.WithTotals ? total : null);
    }

    /// <summary>In the order in which they were assigned.</summary>
    private async Task<(IEnumerable<DeviceTwin>, bool HasMore, long? Total)> ChildrenAsync(
        CumulocityRequest request,
        DeviceTwin parent,
        Relation relation
    )
    {
        var page = request.Page;
        var (ids, hasMore) = await cursors.ReadAsync(
            request,
            (limit, cursor) => objects.Links.ListChildrenAsync(request.Tenant, parent.Id, relation, limit, cursor, request.Cancellation)
        );
        var children = new List<DeviceTwin>();
        foreach (var id in ids)
        {
            // One that was deleted at this moment is none.
            if (await objects.FindAsync(request.Tenant, id, request.Cancellation) is { } child)
            {
                children.Add(child.Value);
            }
        }

        var total = page.WithTotals
            ? await objects.Links.CountChildrenAsync(request.Tenant, parent.Id, relation, request.Cancellation)
            : (long?)null;
        return (children, hasMore, total);
    }

    private async Task<(IEnumerable<DeviceTwin>, bool HasMore, long? Total)> QueryAsync(
        CumulocityRequest request,
        DeviceTwin parent,
        Relation relation,
        string text
    )
    {
        var page = request.Page;
        var query = (await queries.ReadAsync(request.Tenant, text, request.Cancellation)).And(
            QueryTranslator.BelongsTo(ObjectReferences.ParentMember(relation), [parent.Id])
        );
        var (items, hasMore) = await cursors.ReadAsync(
            request,
            (limit, cursor) =>
                objects.Devices.ListObjectsAsync(request.Tenant, query.Filter, query.Order, limit, cursor, request.Cancellation)
        );
        var total = page.WithTotals
            ? await objects.Devices.CountObjectsAsync(request.Tenant, query.Filter, request.Cancellation)
            : (long?)null;
        return (items.Select(item => item.Value), hasMore, total);
    }

    private async Task<CumulocityAnswer> ReadAsync(CumulocityRequest request, Relation relation)
    {
        var (parent, child) = await FamilyAsync(request, relation);
        return CumulocityAnswer.Ok(Reference(request, parent, relation, child), ReferenceType);
    }

    private async Task<CumulocityAnswer> RemoveAsync(CumulocityRequest request, Relation relation)
    {
        var (parent, child) = await FamilyAsync(request, relation);
        await UnlinkAsync(request, parent, relation, child);
        return CumulocityAnswer.NoContent;
    }

    private async Task<CumulocityAnswer> RemoveManyAsync(CumulocityRequest request, Relation relation)
    {
        var parent = (await objects.GetAsync(request, request["id"])).Value;
        var children = new List<DeviceTwin>();
        foreach (var id in IdsOf(request, await request.ReadObjectAsync()))
        {
            children.Add(IsChild(parent, relation, (await objects.GetAsync(request, id)).Value));
        }

        foreach (var child in children)
        {
            await UnlinkAsync(request, parent, relation, child);
        }

        return CumulocityAnswer.NoContent;
    }

    private async Task UnlinkAsync(CumulocityRequest request, DeviceTwin parent, Relation relation, DeviceTwin child)
    {
        try
        {
            await objects.Links.RemoveAsync(request.Tenant, parent.Id, relation, child.Id, request.Cancellation);
        }
        catch (DomainException refusal)
        {
            throw ManagedObjects.Refused(refusal, child.Id);
        }

        cursors.Forget(request.Tenant);
    }

    private async Task<(DeviceTwin Parent, DeviceTwin Child)> FamilyAsync(CumulocityRequest request, Relation relation)
    {
        var parent = (await objects.GetAsync(request, request["id"])).Value;
        return (parent, IsChild(parent, relation, (await objects.GetAsync(request, request["child"])).Value));
    }

    private static DeviceTwin IsChild(DeviceTwin parent, Relation relation, DeviceTwin child) =>
        child.ParentsBy(relation).Contains(parent.Id)
            ? child
            : throw CumulocityErrors.Invalid("inventory", $"managedObject {child.Id} is not a child of {parent.Id}");

    private static JsonObject Reference(CumulocityRequest request, DeviceTwin parent, Relation relation, DeviceTwin child) =>
        ObjectReferences.Reference(ManagedObjectJson.Of(child, request.Urls), SelfOf(request, parent, relation, child.Id));

    private static string SelfOf(CumulocityRequest request, DeviceTwin parent, Relation relation, string child) =>
        $"{request.Urls.ManagedObject(parent.Id)}/{ObjectReferences.Segment(relation)}/{child}";

    private static List<string> IdsOf(CumulocityRequest request, JsonObject body) =>
        body["references"] switch
        {
            null => throw CumulocityErrors.MissingFields(["references"]),
            JsonArray list =>
            [
                .. list.Select(item => IdOf(request, item as JsonObject ?? throw request.Invalid("A reference is a JSON object.")))
                    .Distinct(),
            ],
            _ => throw request.Invalid("The member references is a list."),
        };

    private static string IdOf(CumulocityRequest request, JsonObject reference) =>
        reference["managedObject"] switch
        {
            null => throw CumulocityErrors.MissingFields(["managedObject"]),
            JsonObject named => named["id"] switch
            {
                null => throw CumulocityErrors.MissingFields(["managedObject.id"]),
                JsonValue id when id.GetValueKind() == JsonValueKind.String => id.GetValue<string>(),
                JsonValue id when id.GetValueKind() == JsonValueKind.Number => id.ToJsonString(),
                _ => throw request.Invalid("The member managedObject.id is a text."),
            },
            _ => throw request.Invalid("The member managedObject is a JSON object."),
        };
}
