using System.Security.Cryptography;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;

namespace Serverless.Domain.Provisioning;

/// <summary>
/// Brings a cloud to what a file declares. What is there and as declared is left alone, so that the same file twice changes nothing; what differs is changed; what the
/// file does not name (other tenants, users, devices, and members left out) stays. Passwords and client secrets are compared only when the file is another one than the
/// last: each comparison takes a quarter of a second by design, and a password that was changed since is not set back by a restart. Instances that start together may apply one file at once.
/// </summary>
public sealed class Provisioner(
    TenantDirectory tenants,
    DatabaseDirectory databases,
    UserDirectory users,
    ApiClients clients,
    DeviceDirectory devices,
    DeviceService service,
    IDocumentStore store
)
{
    // Instances that start together make the same things: who comes second finds them on another look.
    private const int Attempts = 5;

    /// <exception cref="BootstrapException">A member is missing or wrong, or what is declared cannot be; the message says where.</exception>
    public async Task ApplyAsync(ReadOnlyMemory<byte> file, CancellationToken cancellation)
    {
        var bootstrap = BootstrapFile.Parse(file);
        var digest = Convert.ToHexString(SHA256.HashData(file.Span));
        var key = new DocumentKey(Partitions.System, Kinds.AppliedBootstrap, "last");
        var applied = await store.GetAsync(key, BootstrapJson.Default.AppliedBootstrap, cancellation);
        var again = applied is not null && PasswordHash.Verify(digest, applied.Value.Hash);
        await ApplyAsync(bootstrap, again, cancellation);
        if (!again)
        {
            var body = BootstrapJson.Default.AppliedBootstrap.ToBody(new AppliedBootstrap(PasswordHash.Create(digest)));
            await store.CommitAsync(key.Partition, new DocumentWrite(WriteMode.Upsert, key.Kind, key.Id, body), cancellation);
        }
    }

    private async Task ApplyAsync(Bootstrap bootstrap, bool again, CancellationToken cancellation)
    {
        if (bootstrap.DeviceBootstrap is { } login && !again)
        {
            const string path = "deviceBootstrap";
            var password = Required(login.Password, $"{path}.password");
            await AtAsync(path, () => users.SetBootstrapAsync(password, cancellation));
        }

        for (var i = 0; i < bootstrap.Tenants?.Count; i++)
        {
            var path = $"tenants[{i}]";
            var tenant = bootstrap.Tenants[i] ?? throw new BootstrapException($"{path} is missing.");
            var id = Required(tenant.Id, $"{path}.id");
            await AtAsync(path, () => ApplyTenantAsync(id, tenant, cancellation));
            await EachAsync(tenant.Databases, $"{path}.databases", (name, _) => databases.CreateAsync(id, name, null, cancellation));
            await EachAsync(tenant.Users, $"{path}.users", (user, at) => ApplyUserAsync(id, user, at, again, cancellation));
            await EachAsync(tenant.Clients, $"{path}.clients", (client, at) => ApplyClientAsync(id, client, at, again, cancellation));
            await EachAsync(tenant.Devices, $"{path}.devices", (device, at) => ApplyDeviceAsync(id, device, at, cancellation));
        }
    }

    private async Task ApplyTenantAsync(string id, BootstrapTenant declared, CancellationToken cancellation)
    {
        var old = (await tenants.FindAsync(id, cancellation))?.Value;
        var tenant = Changed(old ?? new Tenant { Id = id }, declared);
        if (old is null)
        {
            await tenants.CreateAsync(tenant, cancellation);
        }
        else if (!Same(TenantJson.Default.Tenant.ToBody(tenant), TenantJson.Default.Tenant.ToBody(old)))
        {
            await tenants.UpdateAsync(id, there => Changed(there, declared), null, cancellation);
        }
    }

    private static Tenant Changed(Tenant tenant, BootstrapTenant declared) =>
        tenant with
        {
            Name = declared.Name ?? tenant.Name,
            TimeZone = declared.TimeZone ?? tenant.TimeZone,
            Settings = declared.Settings is { } settings ? tenant.Settings.Merge(settings) : tenant.Settings,
        };

    private async Task ApplyUserAsync(string tenant, BootstrapUser declared, string path, bool again, CancellationToken cancellation)
    {
        var name = Required(declared.Name, $"{path}.name");
        var conduit = declared.Conduit;
        var known = again && await users.FindAsync(tenant, name, cancellation) is not null;
        var change = new UserChange
        {
            Password = known ? null : declared.Password,
            Roles = declared.Roles,
            ApiToken = declared.ApiToken,
            DeviceToken = declared.DeviceToken,
            MqttUser = declared.MqttUser,
            Conduit = conduit is null ? null : new ConduitChange(conduit.Token, conduit.Http, conduit.Mqtt, conduit.Webhook),
        };
        await users.ApplyAsync(tenant, name, change, null, cancellation);
    }

    private async Task ApplyClientAsync(string tenant, BootstrapClient declared, string path, bool again, CancellationToken cancellation)
    {
        var (id, secret) = (Required(declared.Id, $"{path}.id"), Required(declared.Secret, $"{path}.secret"));
        if (!again || await clients.FindAsync(tenant, id, cancellation) is null)
        {
            await clients.ApplyAsync(tenant, id, secret, cancellation);
        }
    }

    private async Task ApplyDeviceAsync(string tenant, BootstrapDevice declared, string path, CancellationToken cancellation)
    {
        var uuid = declared.Uuid ?? throw new BootstrapException($"{path}.uuid is missing.");
        IReadOnlyList<Channel>? channels = declared.Channels?.Select((channel, i) => ChannelOf(channel, $"{path}.channels[{i}]")).ToList();
        var old = await devices.FindByUuidAsync(tenant, uuid, cancellation);
        if (old is null)
        {
            var device = new NewDevice
            {
                Uuid = uuid,
                Name = declared.Name,
                Type = declared.Type,
                ExternalIds = declared.ExternalIds ?? [],
                Channels = channels ?? [],
                Keys = declared.Key is null ? null : DeviceKeys.New() with { Primary = declared.Key },
            };
            await service.CreateAsync(tenant, device, cancellation);
            return;
        }

        await service.UpdateAsync(tenant, old.Value.Id, twin => Changed(twin, declared, channels), null, cancellation);
        var keys = await devices.GetKeysAsync(tenant, old.Value.Id, cancellation);
        if (declared.Key is not null && declared.Key != keys.Primary)
        {
            await service.SetKeysAsync(tenant, old.Value.Id, keys with { Primary = declared.Key }, cancellation);
        }
    }

    /// <summary>The twin as declared, or the same object where it is so already. Channels that came with readings stay where the file does not claim their number.</summary>
    private static DeviceTwin Changed(DeviceTwin twin, BootstrapDevice declared, IReadOnlyList<Channel>? channels)
    {
        var kept = twin.Channels.Where(old =>
            channels?.Any(channel => channel.Number == old.Number || (channel.Measurement, channel.Field) == (old.Measurement, old.Field))
            != true
        );
        var changed = twin with
        {
            Name = declared.Name ?? twin.Name,
            Type = declared.Type ?? twin.Type,
            ExternalIds = declared.ExternalIds is null ? twin.ExternalIds : [.. twin.ExternalIds.Union(declared.ExternalIds)],
            Channels = channels is null ? twin.Channels : [.. channels.Concat(kept).OrderBy(channel => channel.Number)],
        };
        return Same(DeviceJson.Default.DeviceTwin.ToBody(changed), DeviceJson.Default.DeviceTwin.ToBody(twin)) ? twin : changed;
    }

    private static Channel ChannelOf(BootstrapChannel declared, string path) =>
        new(declared.Channel, Required(declared.Measurement, $"{path}.measurement"), declared.Field ?? "value")
        {
            Type = declared.Type,
            Description = declared.Description,
            Unit = declared.Unit,
            Offset = declared.Offset ?? 0,
            Calibration = declared.Calibration ?? 1,
        };

    private static bool Same(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right) => left.Span.SequenceEqual(right.Span);

    private static string Required(string? value, string path) =>
        string.IsNullOrEmpty(value) ? throw new BootstrapException($"{path} is missing.") : value;

    private static async Task EachAsync<T>(IReadOnlyList<T>? items, string path, Func<T, string, Task> apply)
    {
        for (var i = 0; i < items?.Count; i++)
        {
            var at = $"{path}[{i}]";
            var item = items[i] ?? throw new BootstrapException($"{at} is missing.");
            await AtAsync(at, () => apply(item, at));
        }
    }

    private static async Task AtAsync(string path, Func<Task> apply)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await apply();
                return;
            }
            catch (DomainException another) when (another.Refusal is Refusal.Exists or Refusal.PreconditionFailed && attempt < Attempts)
            {
                // Another instance may have been faster: look again.
            }
            catch (DomainException refused)
            {
                throw new BootstrapException($"{path}{(refused.Member is null ? "" : $".{refused.Member}")}: {refused.Message}");
            }
        }
    }
}
