using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Inventory.Objects;

/// <summary>What of an object's links a request wants to see.</summary>
/// <param name="Children">Whether references to children are listed.</param>
/// <param name="Counts">Whether children are counted.</param>
/// <param name="Names">Whether children are listed with their names.</param>
/// <param name="Parents">Whether all parents are listed.</param>
/// <param name="Groups">Whether groups that it is in are listed.</param>
internal sealed record ReferenceDetail(bool Children, bool Counts, bool Names, bool Parents, bool Groups)
{
    /// <summary>As the parameters say.</summary>
    /// <param name="request">The request.</param>
    /// <param name="children">Whether children are listed where it does not say.</param>
    public static ReferenceDetail Of(CumulocityRequest request, bool children) =>
        new(
            request.OptionalFlag("withChildren") ?? children,
            request.Flag("withChildrenCount"),
            !request.Flag("skipChildrenNames"),
            request.Flag("withParents"),
            request.Flag("withGroups")
        );
}

/// <summary>Adds to an object the references to its children and parents.</summary>
internal sealed class ObjectReferences(DeviceDirectory devices, Links links)
{
    // A group may have a hundred thousand members: who wants them all asks for its children page by page.
    private const int MostReferences = 2000;

    /// <summary>The path segment of the children of each relation.</summary>
    public static string Segment(Relation relation) =>
        relation switch
        {
            Relation.Asset => "childAssets",
            Relation.Addition => "childAdditions",
            _ => "childDevices",
        };

    /// <summary>The twin's member that names the parents by a relation.</summary>
    public static string ParentMember(Relation relation) =>
        relation switch
        {
            Relation.Asset => "assetParents",
            Relation.Addition => "additionParents",
            _ => "parents",
        };

    /// <summary>The object with its references.</summary>
    public async Task<JsonObject> ShowAsync(
        string tenant,
        DeviceTwin twin,
        SelfUrls urls,
        ReferenceDetail detail,
        CancellationToken cancellation
    )
    {
        var shown = ManagedObjectJson.Of(twin, urls);
        foreach (var relation in Enum.GetValues<Relation>())
        {
            shown[Segment(relation)] = await ChildrenAsync(tenant, twin.Id, relation, urls, detail, cancellation);
        }

        if (detail.Parents)
        {
            shown["deviceParents"] = await ParentsAsync(tenant, twin, Relation.Device, "deviceParents", urls, cancellation);
            shown["additionParents"] = await ParentsAsync(tenant, twin, Relation.Addition, "additionParents", urls, cancellation);
        }

        if (detail.Parents || detail.Groups)
        {
            shown["assetParents"] = await ParentsAsync(tenant, twin, Relation.Asset, "assetParents", urls, cancellation);
        }

        return shown;
    }

    /// <summary>A reference to an object: {"managedObject": {…}, "self": …}.</summary>
    public static JsonObject Reference(JsonObject managedObject, string self) =>
        new() { ["managedObject"] = managedObject, ["self"] = self };

    private async Task<JsonObject> ChildrenAsync(
        string tenant,
        string id,
        Relation relation,
        SelfUrls urls,
        ReferenceDetail detail,
        CancellationToken cancellation
    )
    {
        var self = $"{urls.ManagedObject(id)}/{Segment(relation)}";
        var (references, count) = (new JsonArray(), 0L);
        if (detail.Children)
        {
            var (children, more) = await links.ListChildrenAsync(tenant, id, relation, MostReferences, null, cancellation);
            count = more is null ? children.Count : count;
            foreach (var child in children)
            {
                references.Add(Reference(await BriefAsync(tenant, child, detail.Names, urls, cancellation), $"{self}/{child}"));
            }
        }

        var shown = new JsonObject { ["self"] = self, ["references"] = references };
        if (detail.Counts)
        {
            count = count > 0 ? count : await links.CountChildrenAsync(tenant, id, relation, cancellation);
        }

        if (detail.Counts && count > 0)
        {
            shown["count"] = count;
        }

        return shown;
    }

    private async Task<JsonObject> ParentsAsync(
        string tenant,
        DeviceTwin twin,
        Relation relation,
        string segment,
        SelfUrls urls,
        CancellationToken cancellation
    )
    {
        var self = $"{urls.ManagedObject(twin.Id)}/{segment}";
        var references = new JsonArray();
        foreach (var parent in twin.ParentsBy(relation))
        {
            references.Add(Reference(await BriefAsync(tenant, parent, true, urls, cancellation), $"{self}/{parent}"));
        }

        return new JsonObject { ["self"] = self, ["references"] = references };
    }

    private async Task<JsonObject> BriefAsync(string tenant, string id, bool withName, SelfUrls urls, CancellationToken cancellation)
    {
        var brief = new JsonObject { ["id"] = id, ["self"] = urls.ManagedObject(id) };
        if (withName && await devices.FindAsync(tenant, id, cancellation) is { } found && ManagedObjectJson.NameOf(found.Value) is { } name)
        {
            brief["name"] = name;
        }

        return brief;
    }
}
