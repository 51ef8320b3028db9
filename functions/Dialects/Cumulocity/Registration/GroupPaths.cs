using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Cumulocity.Registration;

/// <summary>Groups by their path, such as main group/group in it: made where they are not there.</summary>
internal sealed class GroupPaths(DeviceDirectory devices, DeviceService service, Links links)
{
    private const string Fragment = "c8y_IsDeviceGroup";
    private const int MostLevels = 20;
    private const int MostSiblings = 100;

    /// <summary>The id of the last group of a path; null where the path names none.</summary>
    public async Task<string?> FindOrCreateAsync(string tenant, string path, string owner, CancellationToken cancellation)
    {
        string? parent = null;
        foreach (var name in path.Split('/', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(MostLevels))
        {
            parent = await FindAsync(tenant, parent, name, cancellation) ?? await CreateAsync(tenant, parent, name, owner, cancellation);
        }

        return parent;
    }

    private async Task<string?> FindAsync(string tenant, string? parent, string name, CancellationToken cancellation)
    {
        var named = Filter.All(Filter.Eq("name", JsonValue.Create(name)), new Filter.Has(new MemberPath("fragments", Fragment)));
        var (page, _) = await devices.ListObjectsAsync(tenant, named, null, MostSiblings, null, cancellation);
        foreach (var group in page)
        {
            if (
                parent is null
                    ? group.Value.AssetParents.Count == 0
                    : await links.IsChildAsync(tenant, parent, Relation.Asset, group.Value.Id, cancellation)
            )
            {
                return group.Value.Id;
            }
        }

        return null;
    }

    private async Task<string> CreateAsync(string tenant, string? parent, string name, string owner, CancellationToken cancellation)
    {
        var group = new NewDevice
        {
            Name = name,
            Type = parent is null ? "c8y_DeviceGroup" : "c8y_DeviceSubgroup",
            Owner = owner,
            IsAsset = true,
            AssetParents = parent is null ? [] : [parent],
            Fragments = new JsonObject { [Fragment] = new JsonObject() },
        };
        return (await service.CreateAsync(tenant, group, cancellation)).Value.Id;
    }
}
