using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Requests;

/// <summary>What a device's own user may see and change: the objects that it owns and what is below them. Everybody else who may read or write has the whole tenant.</summary>
internal sealed class DeviceScope(DeviceDirectory devices, Links links)
{
    // Lists of a device's user name every object that is in its scope: one that owns more names a source.
    private const int MostOwned = 500;
    private const int LongestId = 20;

    private static readonly Relation[] Relations = Enum.GetValues<Relation>();

    /// <summary>Whether the caller is a device and nothing else.</summary>
    public static bool IsDevice(Caller caller) => caller.Is(Roles.Device) && !caller.MayWrite;

    /// <summary>The object of this id, or null where there is none, or it cannot be an id at all.</summary>
    public async ValueTask<DeviceTwin?> FindAsync(string tenant, string id, CancellationToken cancellation) =>
        IsId(id) ? (await devices.FindAsync(tenant, id, cancellation))?.Value : null;

    /// <summary>Whether a text can be an id at all.</summary>
    public static bool IsId(string text) => text.Length is > 0 and <= LongestId && text.All(char.IsAsciiDigit);

    /// <summary>Refuses a caller who has nothing to do with an object.</summary>
    /// <exception cref="CumulocityException">The object is not the caller's.</exception>
    public async Task CheckAsync(Caller caller, DeviceTwin twin, CancellationToken cancellation)
    {
        if (!await ContainsAsync(caller, twin, cancellation))
        {
            throw CumulocityErrors.Forbidden;
        }
    }

    /// <summary>As <see cref="CheckAsync(Caller, DeviceTwin, CancellationToken)"/>; an object that was deleted is nobody's but the tenant's.</summary>
    /// <exception cref="CumulocityException">The object is not the caller's.</exception>
    public async Task CheckAsync(Caller caller, string id, CancellationToken cancellation)
    {
        if (!IsDevice(caller))
        {
            return;
        }

        await CheckAsync(caller, await FindAsync(caller.Tenant, id, cancellation) ?? throw CumulocityErrors.Forbidden, cancellation);
    }

    /// <summary>Refuses a device what is about the whole tenant.</summary>
    /// <exception cref="CumulocityException">The caller is a device.</exception>
    public static void CheckWhole(Caller caller)
    {
        if (IsDevice(caller))
        {
            throw CumulocityErrors.Forbidden;
        }
    }

    /// <summary>Whether an object is in the caller's scope.</summary>
    public async Task<bool> ContainsAsync(Caller caller, DeviceTwin twin, CancellationToken cancellation)
    {
        if (!IsDevice(caller) || twin.Owner == caller.User)
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
        var caller = request.Caller;
        if (!IsDevice(caller))
        {
            return null;
        }

        var owned = Filter.Eq("owner", JsonValue.Create(caller.User));
        var (page, cursor) = await devices.ListObjectsAsync(caller.Tenant, owned, null, MostOwned, null, request.Cancellation);
        var ids = page.Select(twin => twin.Value.Id).ToHashSet();
        foreach (var id in ids.ToList())
        {
            await foreach (var below in links.DescendantsAsync(caller.Tenant, id, Relations, request.Cancellation))
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
}
