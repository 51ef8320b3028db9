using System.Text.Json.Nodes;
using Serverless.Domain;
using Serverless.Domain.Audit;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Cumulocity.Tenants;

/// <summary>The options of tenants.</summary>
/// <remarks>
/// The vendor keeps what is under a key that begins with credentials. encrypted for the microservice that owns it. There are no microservices here, so nobody could ever be given the value: it is not
/// kept at all, and reads as <see cref="Encrypted"/>.
/// </remarks>
internal sealed class TenantOptions(IDocumentStore store, AuditLog audit)
{
    /// <summary>What stands for a value that is not shown.</summary>
    public const string Encrypted = "<<Encrypted>>";

    private const string SecretPrefix = "credentials.";
    private const string Forbidden = "$&+,/:;=?@\"<>#%{}|\\^~[]`";
    private const string AuditType = "Option";

    // With the record of the change.
    private const int MostSet = IDocumentStore.MaxWrites - 1;
    private const int LongestShown = 200;
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
    public async Task SetAsync(
        string tenant,
        string category,
        IReadOnlyDictionary<string, string> values,
        AuditActor actor,
        CancellationToken cancellation
    )
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

        if (values.Count > MostSet)
        {
            throw DomainException.Invalid("value", $"At most {MostSet} options are set at once.");
        }

        var writes = values.Select(pair => Write(new TenantOption(category, pair.Key, IsSecret(pair.Key) ? null : pair.Value))).ToList();
        if (writes.Count > 0)
        {
            var changes = await ChangesAsync(tenant, category, values, cancellation);
            await audit.CommitAsync(tenant, writes, () => RecordOf(category, changes, actor), cancellation);
        }
    }

    /// <returns>False where it was not set.</returns>
    public async Task<bool> DeleteAsync(string tenant, string category, string key, AuditActor actor, CancellationToken cancellation)
    {
        try
        {
            var delete = new DocumentWrite(WriteMode.Delete, Kinds.TenantOption, Key(tenant, category, key).Id);
            await audit.CommitAsync(
                tenant,
                [delete],
                () => audit.WriteOf(actor, AuditType, $"{category}/{key}", "Option deleted", $"Option deleted: {category}/{key}"),
                cancellation
            );
            return true;
        }
        catch (StoreConflictException)
        {
            return false;
        }
    }

    /// <summary>What is written down of a change; of a secret only that it was set.</summary>
    private async Task<List<AuditChange>> ChangesAsync(
        string tenant,
        string category,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellation
    )
    {
        var changes = new List<AuditChange>();
        foreach (var (key, value) in values)
        {
            var old = await FindAsync(tenant, category, key, cancellation);
            changes.Add(new AuditChange(key, old is null ? null : Shown(old.Value), Shown(IsSecret(key) ? null : value)));
        }

        return changes;
    }

    private DocumentWrite RecordOf(string category, List<AuditChange> changes, AuditActor actor)
    {
        var source = changes is [var only] ? $"{category}/{only.Attribute}" : category;
        var activity = changes.TrueForAll(change => change.PreviousValue is null) ? "Option created" : "Option updated";
        var text = string.Join(", ", changes.Select(change => $"{change.Attribute}='{change.NewValue}'"));
        return audit.WriteOf(actor, AuditType, source, activity, $"{activity}: {text}", changes);
    }

    /// <summary>A value as it is shown, long ones by their beginning.</summary>
    private static string Shown(string? value) =>
        value is null ? Encrypted
        : value.Length <= LongestShown ? value
        : value[..LongestShown] + "…";

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
