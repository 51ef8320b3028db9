using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Requests;

/// <summary>
/// What a device's own user may see and change: the objects that it owns and what is below them. Everybody else who may read or write has the whole tenant; a device's user with the role of readers as well
/// sees the whole and changes its own, as global roles add to what ownership gives.
/// </summary>
internal sealed class DeviceScope(DeviceDirectory devices, Links links)
{
    // Lists of a device's user name every object that is in its scope: one that owns more names a source.
    private const int MostOwned = 500;

    private static readonly Relation[] Relations = Enum.GetValues<Relation>();

    /// <summary>Whether the caller has its own objects alone, for reading or for writing.</summary>
    public static bool IsConfined(Caller caller, Permission permission) =>
        caller.Is(Roles.Device) && !(permission == Permission.Read ? caller.MayRead : caller.MayWrite);

    /// <summary>Whether the caller has its own objects alone in what the request does.</summary>
    public static bool IsConfined(CumulocityRequest request) => IsConfined(request.Caller, request.Permission);

    /// <summary>The filter of the objects that a list names for the caller: what it owns; null for all.</summary>
    public static Filter? Owned(CumulocityRequest request) => IsConfined(request) ? Owned(request.Caller) : null;

    /// <summary>The object of this id, or null where there is none, or it cannot be an id at all.</summary>
    public async ValueTask<DeviceTwin?> FindAsync(string tenant, string id, CancellationToken cancellation) =>
        IsId(id) ? (await devices.FindAsync(tenant, id, cancellation))?.Value : null;

    /// <summary>Whether a text can be an id at all.</summary>
    public static bool IsId(string text) => DeviceIds.IsId(text);

    /// <summary>Refuses a caller who has nothing to do with an object.</summary>
    /// <exception cref="CumulocityException">The object is not the caller's.</exception>
    public async Task CheckAsync(CumulocityRequest request, DeviceTwin twin)
    {
        if (!await ContainsAsync(request, twin))
        {
            throw CumulocityErrors.Forbidden;
        }
    }

    /// <summary>As <see cref="CheckAsync(CumulocityRequest, DeviceTwin)"/>; an object that was deleted is nobody's but the tenant's.</summary>
    /// <exception cref="CumulocityException">The object is not the caller's.</exception>
    public async Task CheckAsync(CumulocityRequest request, string id)
    {
        if (!IsConfined(request))
        {
            return;
        }

        await CheckAsync(request, await FindAsync(request.Tenant, id, request.Cancellation) ?? throw CumulocityErrors.Forbidden);
    }

    /// <summary>Refuses a device what is about the whole tenant.</summary>
    /// <exception cref="CumulocityException">The caller is a device.</exception>
    public static void CheckWhole(CumulocityRequest request)
    {
        if (IsConfined(request))
        {
            throw CumulocityErrors.Forbidden;
        }
    }

    /// <summary>Whether an object is in the scope of the caller of a request.</summary>
    public ValueTask<bool> ContainsAsync(CumulocityRequest request, DeviceTwin twin) =>
        ContainsAsync(request.Caller, request.Permission, twin, request.Cancellation);

    /// <summary>Whether an object is in a caller's scope.</summary>
    public async ValueTask<bool> ContainsAsync(Caller caller, Permission permission, DeviceTwin twin, CancellationToken cancellation)
    {
        if (!IsConfined(caller, permission) || twin.Owner == caller.User)
        {
            return true;
        }

        foreach (var above in await links.AncestorsAsync(caller.Tenant, twin, Relations, cancellation))
        {
            if ((await devices.FindAsync(caller.Tenant, above, cancellation))?.Value.Owner == caller.User)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The ids of the objects that a list of the caller is about; null for all of the tenant.</summary>
    /// <exception cref="CumulocityException">There are too many to name.</exception>
    public async Task<IReadOnlyList<string>?> ListAsync(CumulocityRequest request)
    {
        if (Owned(request) is not { } owned)
        {
            return null;
        }

        var (page, cursor) = await devices.ListObjectsAsync(request.Tenant, owned, null, MostOwned, null, request.Cancellation);
        var ids = page.Select(twin => twin.Value.Id).ToHashSet();
        foreach (var id in ids.ToList())
        {
            await foreach (var below in links.DescendantsAsync(request.Tenant, id, Relations, request.Cancellation))
            {
                ids.Add(below);
                if (ids.Count > MostOwned)
                {
                    break;
                }
            }
        }

        return cursor is null && ids.Count <= MostOwned
            ? [.. ids]
            : throw request.Invalid($"You own more than {MostOwned} objects: name the one that you ask about.");
    }

    private static Filter Owned(Caller caller) => Filter.Eq("owner", JsonValue.Create(caller.User));
}
