using System.Text.Json.Nodes;
using Serverless.Domain.Audit;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Users;

namespace Serverless.Domain.Registration;

/// <summary>Gives devices credentials of their own: somebody expects a device by name, the device asks under that name, somebody accepts it, and it asks again.</summary>
/// <remarks>
/// A request's entry lies in the system partition and the request in its tenant's, so they are not one commit: the entry is written before the request and removed after it, and whoever finds an entry
/// looks whether the request is there.
/// </remarks>
public sealed class DeviceRegistration(IDocumentStore store, UserDirectory users, DeviceDirectory devices, TimeProvider time)
{
    /// <summary>How long a request waits.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private const string UserPrefix = "device_";
    private const int PageSize = 500;

    /// <summary>The name of the user that a device logs in as.</summary>
    public static string UserOf(string id) => UserPrefix + id;

    /// <summary>Expects a device.</summary>
    /// <exception cref="DomainException">The name is no name, there is no such group, or a device of this name is expected already, be it by another tenant.</exception>
    public async Task<DeviceRequest> CreateAsync(
        string tenant,
        string id,
        string? group,
        string? type,
        string? owner,
        CancellationToken cancellation
    )
    {
        Check(id);
        if (group is not null && await FindGroupAsync(tenant, group, cancellation) is null)
        {
            throw DomainException.Invalid("groupId", $"There is no group '{group}' that the device could be a member of.");
        }

        var request = new DeviceRequest
        {
            Id = id,
            Group = group,
            Type = type,
            Owner = owner,
            Created = time.GetUtcNow(),
        };
        await ClaimAsync(tenant, id, cancellation);
        try
        {
            await store.CommitAsync(tenant, Write(WriteMode.Create, request, null), cancellation);
            return request;
        }
        catch (StoreConflictException)
        {
            throw Expected(id);
        }
    }

    public ValueTask<Stored<DeviceRequest>?> FindAsync(string tenant, string id, CancellationToken cancellation) =>
        Names.IsUserName(UserOf(id))
            ? store.GetAsync(new DocumentKey(tenant, Kinds.DeviceRequest, KeyOf(id)), RegistrationJson.Default.DeviceRequest, cancellation)
            : ValueTask.FromResult<Stored<DeviceRequest>?>(null);

    /// <summary>One page of requests in the order of their ids.</summary>
    public Task<(IReadOnlyList<Stored<DeviceRequest>> Items, string? Cursor)> ListAsync(
        string tenant,
        DeviceRequestStatus? status,
        int limit,
        string? cursor,
        CancellationToken cancellation
    ) =>
        store.QueryAsync(
            new DocumentQuery(tenant, Kinds.DeviceRequest, FilterOf(status), Limit: limit, Cursor: cursor),
            RegistrationJson.Default.DeviceRequest,
            cancellation
        );

    public Task<long> CountAsync(string tenant, CancellationToken cancellation) =>
        store.CountAsync(new DocumentQuery(tenant, Kinds.DeviceRequest), cancellation);

    /// <summary>Accepts a device that has asked; again changes nothing.</summary>
    /// <exception cref="DomainException">There is no such request, the device has not asked yet, or the word is not the one that it has sent.</exception>
    public async Task<DeviceRequest> AcceptAsync(string tenant, string id, string? token, CancellationToken cancellation)
    {
        while (true)
        {
            var known = await FindAsync(tenant, id, cancellation) ?? throw DomainException.NotFound($"device request '{id}'");
            switch (known.Value.Status)
            {
                case DeviceRequestStatus.Accepted:
                    return known.Value;
                case DeviceRequestStatus.WaitingForConnection:
                    throw DomainException.Invalid("status", $"The device '{id}' has not asked yet: it can be accepted when it has.");
                default:
                    break;
            }

            if (known.Value.Token is { } sent && (token is null || TokenHash.Of(token) != sent))
            {
                throw DomainException.Invalid("securityToken", $"The device '{id}' has sent a security token, and not this one.");
            }

            if (await TryReplaceAsync(tenant, known, known.Value with { Status = DeviceRequestStatus.Accepted }, cancellation) is { } done)
            {
                return done;
            }
        }
    }

    /// <summary>Accepts every device that has asked and sent no security token.</summary>
    /// <returns>Those that are accepted now.</returns>
    public async Task<IReadOnlyList<DeviceRequest>> AcceptAllAsync(string tenant, CancellationToken cancellation)
    {
        var accepted = new List<DeviceRequest>();
        var pending = new DocumentQuery(tenant, Kinds.DeviceRequest, FilterOf(DeviceRequestStatus.PendingAcceptance), Limit: PageSize);
        await foreach (var request in store.QueryAllAsync(pending, RegistrationJson.Default.DeviceRequest, cancellation))
        {
            if (
                request.Value.Token is null
                && await TryReplaceAsync(tenant, request, request.Value with { Status = DeviceRequestStatus.Accepted }, cancellation)
                    is { } done
            )
            {
                accepted.Add(done);
            }
        }

        return accepted;
    }

    /// <summary>Expects a device no longer.</summary>
    /// <returns>False where it was not expected.</returns>
    public async Task<bool> DeleteAsync(string tenant, string id, CancellationToken cancellation)
    {
        if (await FindAsync(tenant, id, cancellation) is null || !await TryRemoveAsync(tenant, Kinds.DeviceRequest, id, null, cancellation))
        {
            return false;
        }

        await TryRemoveAsync(Partitions.System, Kinds.DeviceRequestEntry, id, null, cancellation);
        return true;
    }

    /// <summary>A device asks for its credentials.</summary>
    /// <param name="id">What it calls itself.</param>
    /// <param name="token">A word that proves it to whoever accepts it, or null.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <returns>Its credentials, once; null where it is not expected or not accepted yet.</returns>
    /// <exception cref="DomainException">A person has the name of the device's user.</exception>
    public async Task<DeviceCredentials?> RequestAsync(string id, string? token, CancellationToken cancellation)
    {
        while (Names.IsUserName(UserOf(id)))
        {
            var key = new DocumentKey(Partitions.System, Kinds.DeviceRequestEntry, KeyOf(id));
            var tenant = (await store.GetAsync(key, RegistrationJson.Default.DeviceRequestEntry, cancellation))?.Value.Owner;
            if (tenant is null || await FindAsync(tenant, id, cancellation) is not { } known)
            {
                return null;
            }

            if (known.Value.Status == DeviceRequestStatus.Accepted)
            {
                // Of two that ask at one moment one removes the request, and only that one sets the password.
                return await TryRemoveAsync(tenant, Kinds.DeviceRequest, id, known.ETag, cancellation)
                    ? await GiveAsync(tenant, known.Value, cancellation)
                    : null;
            }

            var asked = known.Value with
            {
                Status = DeviceRequestStatus.PendingAcceptance,
                Token = token is { Length: > 0 } ? TokenHash.Of(token) : known.Value.Token,
            };
            if (asked == known.Value || await TryReplaceAsync(tenant, known, asked, cancellation) is not null)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>What a user's new device is made from, with what was said of it when it was expected: its group, and its type where it gives none.</summary>
    public async Task<NewDevice> CompleteAsync(string tenant, NewDevice device, CancellationToken cancellation)
    {
        if (
            device.IsAsset
            || device.Parents.Count > 0
            || device.Owner?.StartsWith(UserPrefix, StringComparison.Ordinal) != true
            || (await users.FindAsync(tenant, device.Owner, cancellation))?.Value.Expected is not { } expected
        )
        {
            return device;
        }

        // A group that was deleted in the meantime holds no device up.
        var group = expected.Group is { } id ? await FindGroupAsync(tenant, id, cancellation) : null;
        return device with
        {
            Type = device.Type ?? expected.Type,
            AssetParents = group is null ? device.AssetParents : [.. device.AssetParents.Append(group).Distinct()],
        };
    }

    /// <returns>The id; null where there is no such object.</returns>
    private async ValueTask<string?> FindGroupAsync(string tenant, string id, CancellationToken cancellation) =>
        DeviceIds.IsId(id) ? (await devices.FindAsync(tenant, id, cancellation))?.Value.Id : null;

    private async Task<DeviceCredentials> GiveAsync(string tenant, DeviceRequest request, CancellationToken cancellation)
    {
        var (user, password) = (UserOf(request.Id), TokenHash.NewToken());
        try
        {
            var expected = new ExpectedDevice(request.Group, request.Type);
            await users.SetDeviceAsync(tenant, user, password, cancellation, expected, new AuditActor(request.Owner));
        }
        catch (Exception)
        {
            // The device asks again.
            await store.CommitAsync(tenant, Write(WriteMode.Upsert, request, null), CancellationToken.None);
            throw;
        }

        await TryRemoveAsync(Partitions.System, Kinds.DeviceRequestEntry, request.Id, null, cancellation);
        return new DeviceCredentials(request.Id, tenant, user, password);
    }

    /// <summary>Claims a request's id in the cloud, unless a request that is there has it.</summary>
    private async Task ClaimAsync(string tenant, string id, CancellationToken cancellation)
    {
        var key = new DocumentKey(Partitions.System, Kinds.DeviceRequestEntry, KeyOf(id));
        var body = RegistrationJson.Default.DeviceRequestEntry.ToBody(new DeviceRequestEntry(tenant));
        while (true)
        {
            var entry = await store.GetAsync(key, RegistrationJson.Default.DeviceRequestEntry, cancellation);
            if (entry is not null && await FindAsync(entry.Value.Owner, id, cancellation) is not null)
            {
                throw Expected(id);
            }

            try
            {
                var mode = entry is null ? WriteMode.Create : WriteMode.Replace;
                var write = new DocumentWrite(mode, key.Kind, key.Id, body, entry?.ETag, time.GetUtcNow() + Kept);
                await store.CommitAsync(key.Partition, write, cancellation);
                return;
            }
            catch (StoreConflictException)
            {
                // Somebody else claims it at this moment: look who.
            }
        }
    }

    private async Task<DeviceRequest?> TryReplaceAsync(
        string tenant,
        Stored<DeviceRequest> old,
        DeviceRequest request,
        CancellationToken cancellation
    )
    {
        try
        {
            await store.CommitAsync(tenant, Write(WriteMode.Replace, request, old.ETag), cancellation);
            return request;
        }
        catch (StoreConflictException)
        {
            return null;
        }
    }

    private async Task<bool> TryRemoveAsync(string partition, string kind, string id, string? etag, CancellationToken cancellation)
    {
        try
        {
            await store.CommitAsync(partition, new DocumentWrite(WriteMode.Delete, kind, KeyOf(id), IfMatch: etag), cancellation);
            return true;
        }
        catch (StoreConflictException)
        {
            return false;
        }
    }

    private static DocumentWrite Write(WriteMode mode, DeviceRequest request, string? etag) =>
        new(
            mode,
            Kinds.DeviceRequest,
            KeyOf(request.Id),
            RegistrationJson.Default.DeviceRequest.ToBody(request),
            etag,
            request.Created + Kept
        );

    private static Filter? FilterOf(DeviceRequestStatus? status) =>
        status is { } wanted ? Filter.Eq("status", JsonValue.Create(wanted.ToString())) : null;

    private static string KeyOf(string id) => Uri.EscapeDataString(id);

    private static DomainException Expected(string id) => new(Refusal.Exists, $"A device '{id}' is expected already.", "id");

    /// <exception cref="DomainException">It is no name that a device can have.</exception>
    public static void Check(string id)
    {
        // A colon would end the user's name where it logs in.
        if (id.Length == 0 || !Names.IsUserName(UserOf(id)) || id.Contains(':', StringComparison.Ordinal))
        {
            throw DomainException.Invalid("id", "A device's id is 1 to 121 characters, without a slash, a colon or control characters.");
        }
    }
}
