using Serverless.Dialects.Thingsee.Messages;
using Serverless.Domain;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Thingsee.Resources;

/// <summary>Finds the device that a path calls by its TUID.</summary>
internal sealed class Things(DeviceDirectory devices, DeviceService service)
{
    /// <exception cref="DomainException">There is no such thing.</exception>
    public async ValueTask<DeviceTwin> GetAsync(ThingseeRequest request) =>
        await FindAsync(request) ?? throw DomainException.NotFound($"thing '{request.Name}'");

    /// <summary>
    /// The thing, made where nobody knows it: the vendor has every device that it made in its database, and so its clients install a thing by nothing but the TUID on it. It has no keys until
    /// somebody gives it some.
    /// </summary>
    /// <exception cref="DomainException">It is not known, and its name is no TUID.</exception>
    public async Task<DeviceTwin> GetOrMakeAsync(ThingseeRequest request)
    {
        if (await FindAsync(request) is { } found)
        {
            return found;
        }

        if (!ThingseeMessage.IsTuid(request.Name))
        {
            throw DomainException.Invalid("tuid", "A TUID is 1 to 64 letters, digits, - and _.");
        }

        var device = new NewDevice { ExternalIds = [new ExternalId(ThingseeNames.ExternalIdType, request.Name)], Keys = DeviceKeys.None };
        try
        {
            return (await service.CreateAsync(request.Tenant, device, request.Cancellation)).Value;
        }
        catch (DomainException refused) when (refused.Refusal == Refusal.Exists)
        {
            // Somebody else has made it at this moment.
            return await GetAsync(request);
        }
    }

    private async ValueTask<DeviceTwin?> FindAsync(ThingseeRequest request) =>
        (await devices.FindByNameAsync(request.Tenant, ThingseeNames.ExternalIdType, request.Name, request.Cancellation))?.Value;
}
