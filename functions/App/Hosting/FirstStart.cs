using Serverless.App.Triggers;
using Serverless.Domain.Devices;
using Serverless.Domain.Provisioning;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;

namespace Serverless.App.Hosting;

/// <summary>Credentials that were made just now, to be shown once.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="User">Its administrator, who is also the cloud's operator.</param>
/// <param name="Password">The administrator's password.</param>
/// <param name="Device">A device to begin with.</param>
/// <param name="DeviceKey">Its primary key.</param>
/// <param name="Bootstrap">The password of devices that have no credentials yet (management/devicebootstrap).</param>
internal sealed record FirstCredentials(string Tenant, string User, string Password, DeviceTwin Device, string DeviceKey, string Bootstrap);

/// <summary>Gives a cloud its first tenants: those that the bootstrap file declares, or, where there is neither a file nor a tenant, one to begin with.</summary>
internal static class FirstStart
{
    public const string TenantId = "t1";
    private const string UserName = "admin";

    /// <summary>Applies the bootstrap file, before the cloud listens: what it declares is there from the first request on.</summary>
    /// <exception cref="BootstrapException">The file cannot be read or applied.</exception>
    public static Task ProvisionAsync(AppOptions options, IServiceProvider services, CancellationToken cancellation) =>
        options.Bootstrap is { } path ? ApplyFileAsync(path, services.GetRequiredService<Provisioner>(), cancellation) : Task.CompletedTask;

    /// <summary>Makes a tenant where there is none, once the cloud listens: nobody can know its credentials before they are printed, and its password takes time to hash.</summary>
    /// <returns>The credentials, or null where there is a tenant or a file.</returns>
    public static async Task<FirstCredentials?> CreateAsync(AppOptions options, IServiceProvider services, CancellationToken cancellation)
    {
        if (options.Bootstrap is not null || HostInvocation.Port is not null)
        {
            return null; // behind the Functions host nobody would see the credentials
        }

        var tenants = services.GetRequiredService<TenantDirectory>();
        var (existing, _) = await tenants.ListAsync(1, null, cancellation);
        return existing.Count > 0 ? null : await CreateTenantAsync(services, tenants, cancellation);
    }

    private static async Task ApplyFileAsync(string path, Provisioner provisioner, CancellationToken cancellation)
    {
        try
        {
            await provisioner.ApplyAsync(await File.ReadAllBytesAsync(path, cancellation), cancellation);
        }
        catch (BootstrapException wrong)
        {
            throw new BootstrapException($"The bootstrap file {path}: {wrong.Message}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BootstrapException($"The bootstrap file {path} cannot be read: {failure.Message}");
        }
    }

    private static async Task<FirstCredentials> CreateTenantAsync(
        IServiceProvider services,
        TenantDirectory tenants,
        CancellationToken cancellation
    )
    {
        var password = TokenHash.NewToken();
        var user = new UserChange { Password = password, Roles = [Roles.Admin, Roles.Operator] };
        var users = services.GetRequiredService<UserDirectory>();
        await users.ApplyAsync(TenantId, UserName, user, null, cancellation);
        var bootstrap = TokenHash.NewToken();
        await users.SetBootstrapAsync(bootstrap, cancellation);
        var keys = DeviceKeys.New();
        var device = await CreateDeviceAsync(services, keys, cancellation);

        // The tenant is written last: a start that dies on the way begins anew, over what it left.
        await tenants.CreateAsync(new Tenant { Id = TenantId, Name = "First tenant" }, cancellation);
        return new FirstCredentials(TenantId, UserName, password, device, keys.Primary!, bootstrap);
    }

    private static async Task<DeviceTwin> CreateDeviceAsync(IServiceProvider services, DeviceKeys keys, CancellationToken cancellation)
    {
        var hubId = new ExternalId(ExternalId.IotHub, "device-1");
        var service = services.GetRequiredService<DeviceService>();
        var left = await services.GetRequiredService<DeviceDirectory>().FindByExternalIdAsync(TenantId, hubId, cancellation);
        if (left is not null)
        {
            await service.SetKeysAsync(TenantId, left.Value.Id, keys, cancellation);
            return left.Value;
        }

        var device = new NewDevice
        {
            Name = "First device",
            Type = "example",
            ExternalIds = [hubId],
            Keys = keys,
        };
        return (await service.CreateAsync(TenantId, device, cancellation)).Value;
    }
}
