using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Cumulocity.Users;

/// <summary>What this API knows of a user beside name, password and roles.</summary>
internal sealed record UserProfile
{
    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    public string? DisplayName { get; init; }

    public string? Email { get; init; }

    public string? Phone { get; init; }

    public JsonObject CustomProperties { get; init; } = [];

    /// <summary>When the password was last changed by this API.</summary>
    public DateTimeOffset? LastPasswordChange { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(UserProfile))]
internal sealed partial class UserProfileJson : JsonSerializerContext;

/// <summary>The profiles of users.</summary>
internal sealed class UserProfiles(IDocumentStore store)
{
    public async Task<UserProfile> GetAsync(string tenant, string user, CancellationToken cancellation) =>
        (await store.GetAsync(Key(tenant, user), UserProfileJson.Default.UserProfile, cancellation))?.Value ?? new UserProfile();

    public Task SetAsync(string tenant, string user, UserProfile profile, CancellationToken cancellation) =>
        store.CommitAsync(
            tenant,
            new DocumentWrite(
                WriteMode.Upsert,
                Kinds.CumulocityProfile,
                Key(tenant, user).Id,
                UserProfileJson.Default.UserProfile.ToBody(profile)
            ),
            cancellation
        );

    /// <summary>Forgets a profile; one that is not there stays so.</summary>
    public async Task RemoveAsync(string tenant, string user, CancellationToken cancellation)
    {
        try
        {
            var key = Key(tenant, user);
            await store.CommitAsync(tenant, new DocumentWrite(WriteMode.Delete, key.Kind, key.Id), cancellation);
        }
        catch (StoreConflictException)
        {
            // There is none.
        }
    }

    private static DocumentKey Key(string tenant, string user) => new(tenant, Kinds.CumulocityProfile, Uri.EscapeDataString(user));
}
