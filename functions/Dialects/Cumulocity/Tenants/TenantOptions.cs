using System.Text.Json.Nodes;
using Serverless.Domain;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Cumulocity.Tenants;

/// <summary>The options of tenants.</summary>
/// <remarks>
/// The vendor keeps what is under a key that begins with credentials. encrypted for the microservice that owns it. There are no microservices here, so nobody could ever be given the value: it is not
/// kept at all, and reads as <see cref="Encrypted"/>.
/// </remarks>
internal sealed class TenantOptions(IDocumentStore store)
{
    /// <summary>What stands for a value that is not shown.</summary>
    public const string Encrypted = "<<Encrypted>>";

    private const string SecretPrefix = "credentials.";
    private const string Forbidden = "$&+,/:;=?@\"<>#%{}|\\^~[]`";
    private const int LongestName = 256;
    private const int LongestValue = 64 * 1024;

    /// <summary>One option, or null where it is not set.</summary>
    public async Task<TenantOption?> FindAsync(string tenant, string category, string key, CancellationToken cancellation)
    {
        var found = await store.GetAsync(Key(tenant, category, key), TenantOptionJson.Default.TenantOption, cancellation);
        return found?.Value;
    }

    /// <summary>One page of the options of a category, or of all, in the order of category and key.</summary>
    public async Task<(IReadOnlyList<TenantOption> Items, string? Cursor)> ListAsync(
        string tenant,
        string? category,
        int limit,
        string? cursor,
        CancellationToken cancellation
    )
    {
        var filter = category is null ? null : Filter.Eq("type", JsonValue.Create(category));
        var query = new DocumentQuery(tenant, Kinds.TenantOption, filter, null, limit, cursor);
        var (items, next) = await store.QueryAsync(query, TenantOptionJson.Default.TenantOption, cancellation);
        return ([.. items.Select(item => item.Value)], next);
    }

    public Task<long> CountAsync(string tenant, CancellationToken cancellation) =>
        store.CountAsync(new DocumentQuery(tenant, Kinds.TenantOption), cancellation);

    /// <summary>Sets options of one category, all or none.</summary>
    /// <exception cref="DomainException">A category, key or value is wrong.</exception>
    public async Task SetAsync(string tenant, string category, IReadOnlyDictionary<string, string> values, CancellationToken cancellation)
    {
        CheckName("category", category);
        foreach (var (key, value) in values)
        {
            CheckName("key", key);
            if (value.Length > LongestValue)
            {
                throw DomainException.Invalid("value", $"An option's value has at most {LongestValue} characters.");
            }
        }

        if (values.Count > IDocumentStore.MaxWrites)
        {
            throw DomainException.Invalid("value", $"At most {IDocumentStore.MaxWrites} options are set at once.");
        }

        var writes = values.Select(pair => Write(new TenantOption(category, pair.Key, IsSecret(pair.Key) ? null : pair.Value))).ToList();
        if (writes.Count > 0)
        {
            await store.CommitAsync(tenant, writes, cancellation);
        }
    }

    /// <returns>False where it was not set.</returns>
    public async Task<bool> DeleteAsync(string tenant, string category, string key, CancellationToken cancellation)
    {
        try
        {
            var id = Key(tenant, category, key).Id;
            await store.CommitAsync(tenant, new DocumentWrite(WriteMode.Delete, Kinds.TenantOption, id), cancellation);
            return true;
        }
        catch (StoreConflictException)
        {
            return false;
        }
    }

    private static bool IsSecret(string key) => key.StartsWith(SecretPrefix, StringComparison.Ordinal);

    private static DocumentWrite Write(TenantOption option) =>
        new(
            WriteMode.Upsert,
            Kinds.TenantOption,
            Key("", option.Type, option.Name).Id,
            TenantOptionJson.Default.TenantOption.ToBody(option)
        );

    // In the order of categories, and of keys within one: ! comes before everything that names hold when they are escaped.
    private static DocumentKey Key(string tenant, string category, string key) =>
        new(tenant, Kinds.TenantOption, $"{Uri.EscapeDataString(category)}!{Uri.EscapeDataString(key)}");

    private static void CheckName(string member, string name)
    {
        if (
            name.Length is 0 or > LongestName
            || name.Any(c => char.IsControl(c) || (member == "category" && (char.IsWhiteSpace(c) || Forbidden.Contains(c))))
        )
        {
            throw DomainException.Invalid(
                member,
                member == "category"
                    ? $"A category has 1 to {LongestName} characters, none of them a blank or one of {Forbidden}"
                    : $"A key has 1 to {LongestName} characters, none of them a control."
            );
        }
    }
}
