using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Mqtt.SmartRest;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Cumulocity.Mqtt.Custom;

/// <summary>The collections of templates of every tenant. As with the vendor they are objects of the inventory, so that its tools show and import them.</summary>
internal sealed class TemplateCollections(DeviceDirectory devices, DeviceService service, TimeProvider time)
{
    private const string Type = "c8y_SmartRest2Template";
    private const string Name = "c8y_SmartRest2DeviceIdentifier";

    // How late a change to a collection may be seen.
    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(5);
    private const int MostCached = 1000;
    private const int PageSize = 500;

    private readonly ConcurrentDictionary<(string Tenant, string Name), (TemplateCollection? Collection, DateTimeOffset Read)> cache =
        new();

    private readonly ConcurrentDictionary<string, (IReadOnlyList<string> Names, DateTimeOffset Read)> names = new();

    /// <summary>The names of a tenant's collections.</summary>
    public async Task<IReadOnlyList<string>> ListNamesAsync(string tenant, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (names.TryGetValue(tenant, out var known) && now - known.Read < CacheTime)
        {
            return known.Names;
        }

        var (found, cursor) = (new List<string>(), (string?)null);
        do
        {
            var isCollection = Filter.Eq("type", JsonValue.Create(Type));
            (var page, cursor) = await devices.ListObjectsAsync(tenant, isCollection, null, PageSize, cursor, cancellation);
            found.AddRange(
                page.SelectMany(twin => twin.Value.ExternalIds).Where(external => external.Type == Name).Select(external => external.Value)
            );
        } while (cursor is not null);

        if (names.Count >= MostCached)
        {
            names.Clear();
        }

        names[tenant] = (found, now);
        return found;
    }

    /// <summary>The id of a collection's object, or null where there is none.</summary>
    public async Task<string?> FindIdAsync(string tenant, string name, CancellationToken cancellation) =>
        (await FindObjectAsync(tenant, name, cancellation))?.Id;

    /// <summary>A collection by its name, or null.</summary>
    public async Task<TemplateCollection?> FindAsync(string tenant, string name, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (cache.TryGetValue((tenant, name), out var known) && now - known.Read < CacheTime)
        {
            return known.Collection;
        }

        var found = await FindObjectAsync(tenant, name, cancellation);
        var collection = found?.Fragments[TemplateCollection.Fragment] is JsonObject written ? TemplateCollection.FromJson(written) : null;
        if (cache.Count >= MostCached)
        {
            cache.Clear();
        }

        cache[(tenant, name)] = (collection, now);
        return collection;
    }

    /// <summary>Registers a collection. One that is there is not changed.</summary>
    /// <returns>The id of its object.</returns>
    /// <exception cref="SmartRestException">There is one of this name.</exception>
    /// <exception cref="DomainException">The name is none.</exception>
    public async Task<string> AddAsync(
        string tenant,
        string owner,
        string name,
        TemplateCollection collection,
        CancellationToken cancellation
    )
    {
        if (await FindIdAsync(tenant, name, cancellation) is not null)
        {
            throw Taken(name);
        }

        var made = new NewDevice
        {
            IsAsset = true,
            Name = name,
            Type = Type,
            Owner = owner,
            ExternalIds = [new ExternalId(Name, name)],
            Fragments = new JsonObject { [TemplateCollection.Fragment] = collection.ToJson() },
        };
        try
        {
            var id = (await service.CreateAsync(tenant, made, cancellation)).Value.Id;
            cache.TryRemove((tenant, name), out _);
            names.TryRemove(tenant, out _);
            return id;
        }
        catch (DomainException taken) when (taken.Refusal == Refusal.Exists)
        {
            throw Taken(name);
        }
    }

    private async Task<DeviceTwin?> FindObjectAsync(string tenant, string name, CancellationToken cancellation) =>
        (await devices.FindByExternalIdAsync(tenant, new ExternalId(Name, name), cancellation))?.Value;

    private static SmartRestException Taken(string name) =>
        new(SmartRestError.Refused, name, "Cannot create templates for already existing template object");
}
