using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Inventory.Objects;

/// <summary>Objects by their ids, and who may see and change them: a device what it owns and what is below that, everybody else all.</summary>
internal sealed class ManagedObjects(DeviceDirectory devices, Links links)
{
    private const int LongestId = 64;

    private static readonly Relation[] Relations = Enum.GetValues<Relation>();

    public DeviceDirectory Devices => devices;

    public Links Links => links;

    /// <summary>The object that a path or body names.</summary>
    /// <exception cref="CumulocityException">There is none, or it is not the caller's to see.</exception>
    public async ValueTask<Stored<DeviceTwin>> GetAsync(CumulocityRequest request, string id)
    {
        var found = await FindAsync(request.Tenant, id, request.Cancellation) ?? throw CumulocityErrors.ObjectNotFound(id);
        return await MaySeeAsync(request, found.Value) ? found : throw CumulocityErrors.Forbidden;
    }

    /// <summary>The object of this id, or null where there is none, or it cannot be an id at all.</summary>
    public ValueTask<Stored<DeviceTwin>?> FindAsync(string tenant, string id, CancellationToken cancellation) =>
        id.Length is > 0 and <= LongestId && id.All(char.IsAsciiDigit)
            ? devices.FindAsync(tenant, id, cancellation)
            : ValueTask.FromResult<Stored<DeviceTwin>?>(null);

    /// <summary>The filter of the objects that the caller sees in lists, or null for all.</summary>
    public static Filter? Scope(Caller caller) =>
        IsDevice(caller) ? Filter.Eq("owner", System.Text.Json.Nodes.JsonValue.Create(caller.User)) : null;

    private static bool IsDevice(Caller caller) => caller.Is(Roles.Device) && !caller.MayRead;

    /// <summary>Whether an object is the caller's to see and to change.</summary>
    public async ValueTask<bool> MaySeeAsync(CumulocityRequest request, DeviceTwin twin)
    {
        var caller = request.Caller;
        if (!IsDevice(caller) || twin.Owner == caller.User)
        {
            return true;
        }

        foreach (var id in await links.AncestorsAsync(request.Tenant, twin, Relations, request.Cancellation))
        {
            if ((await devices.FindAsync(request.Tenant, id, request.Cancellation))?.Value.Owner == caller.User)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What the domain refuses of an object, as this part of the API says it.</summary>
    public static CumulocityException Refused(DomainException refusal, string id) =>
        refusal.Refusal switch
        {
            Refusal.NotFound => CumulocityErrors.ObjectNotFound(id),
            Refusal.Exists when refusal.Member == "externalIds" => IdentityTaken,
            Refusal.Exists => CumulocityErrors.Duplicate("inventory/Duplicate", refusal.Message),
            Refusal.PreconditionFailed => CumulocityErrors.Duplicate("inventory/conflict", refusal.Message),
            _ => CumulocityErrors.Invalid("inventory", refusal.Message),
        };

    /// <summary>An external id is another object's.</summary>
    public static CumulocityException IdentityTaken =>
        CumulocityErrors.Duplicate("identity/Duplicate", "Identity already bound to a different Global ID.");
}
