using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Cumulocity.Inventory.Objects;

/// <summary>Objects by their ids, for those who may see and change them.</summary>
internal sealed class ManagedObjects(DeviceDirectory devices, Links links, DeviceScope scope)
{
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
        DeviceScope.IsId(id) ? devices.FindAsync(tenant, id, cancellation) : ValueTask.FromResult<Stored<DeviceTwin>?>(null);

    /// <summary>Whether an object is the caller's to see, or to change where the request does.</summary>
    public ValueTask<bool> MaySeeAsync(CumulocityRequest request, DeviceTwin twin) => scope.ContainsAsync(request, twin);

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
