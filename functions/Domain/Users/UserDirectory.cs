using Serverless.Domain.Audit;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Users;

/// <summary>The users of every tenant: who they are, and the entries by which their names and tokens are found without knowing the tenant.</summary>
/// <remarks>
/// Entries lie in the system partition and the user in its tenant's, so they are not one commit. The order makes that harmless: an entry is written before the user
/// and removed after it, and whoever finds an entry checks it against the user.
/// </remarks>
public sealed class UserDirectory(IDocumentStore store, AuditLog log)
{
    private readonly UserAudit audit = new(log);

    public ValueTask<Stored<User>?> FindAsync(string tenant, string name, CancellationToken cancellation) =>
        store.GetAsync(new DocumentKey(tenant, Kinds.User, name), UserJson.Default.User, cancellation);

    /// <summary>One page of a tenant's users in the order of their names.</summary>
    public Task<(IReadOnlyList<Stored<User>> Items, string? Cursor)> ListAsync(
        string tenant,
        int limit,
        string? cursor,
        CancellationToken cancellation,
        Filter? filter = null
    ) => store.QueryAsync(new DocumentQuery(tenant, Kinds.User, filter, null, limit, cursor), UserJson.Default.User, cancellation);

    public Task<long> CountAsync(string tenant, Filter? filter, CancellationToken cancellation) =>
        store.CountAsync(new DocumentQuery(tenant, Kinds.User, filter), cancellation);

    /// <summary>Creates a user.</summary>
    /// <exception cref="DomainException">The user is not well-formed, the name is taken in the tenant, or a token is another user's.</exception>
    public async Task<Stored<User>> CreateAsync(
        string tenant,
        string name,
        UserChange user,
        CancellationToken cancellation,
        AuditActor? actor = null
    )
    {
        user.Check(name);
        if (await FindAsync(tenant, name, cancellation) is not null)
        {
            throw Taken(name);
        }

        try
        {
            return await WriteAsync(tenant, null, user.ApplyTo(New(name)), actor, cancellation);
        }
        catch (StoreConflictException)
        {
            throw Taken(name);
        }
    }

    /// <summary>Creates a user, or changes the one of this name. Where nothing would change, nothing is written.</summary>
    /// <exception cref="DomainException">The change is not well-formed, a token is another user's, or the user's version is not the one seen.</exception>
    public Task<Stored<User>> ApplyAsync(string tenant, string name, UserChange change, string? ifMatch, CancellationToken cancellation) =>
        ApplyAsync(tenant, name, change, ifMatch, mayCreate: true, null, cancellation);

    /// <summary>Makes the user that a device logs in as, or gives it another password; its role is <see cref="Roles.Device"/> and no other.</summary>
    /// <exception cref="DomainException">The name is not well-formed, or a person's.</exception>
    public async Task<Stored<User>> SetDeviceAsync(
        string tenant,
        string name,
        string password,
        CancellationToken cancellation,
        ExpectedDevice? expected = null,
        AuditActor? actor = null
    )
    {
        if (await FindAsync(tenant, name, cancellation) is { } there && !there.Value.HasRole(Roles.Device))
        {
            throw Taken(name);
        }

        var device = new UserChange
        {
            Password = password,
            Roles = [Roles.Device],
            Expected = expected,
        };
        return await ApplyAsync(tenant, name, device, null, mayCreate: true, actor, cancellation, [Roles.Device]);
    }

    /// <summary>Makes the user that devices without credentials log in as, or gives it another password.</summary>
    public Task<Stored<User>> SetBootstrapAsync(string password, CancellationToken cancellation)
    {
        var bootstrap = new UserChange { Password = password, Roles = [Roles.Bootstrap] };
        return ApplyAsync(Partitions.System, Logins.BootstrapUser, bootstrap, null, mayCreate: true, null, cancellation, [Roles.Bootstrap]);
    }

    /// <summary>Changes a user, under the entity tag that the caller has seen where it gives one; else whatever version is there.</summary>
    /// <exception cref="DomainException">There is no such user; else as <see cref="ApplyAsync(string, string, UserChange, string?, CancellationToken)"/>.</exception>
    public Task<Stored<User>> UpdateAsync(
        string tenant,
        string name,
        UserChange change,
        string? ifMatch,
        CancellationToken cancellation,
        AuditActor? actor = null
    ) => ApplyAsync(tenant, name, change, ifMatch, mayCreate: false, actor, cancellation);

    /// <exception cref="DomainException">There is no such user, or its version is not the one seen.</exception>
    public async Task DeleteAsync(string tenant, string name, string? ifMatch, CancellationToken cancellation, AuditActor? actor = null)
    {
        var old = await FindAsync(tenant, name, cancellation) ?? throw DomainException.NotFound($"user '{name}'");
        try
        {
            var delete = new DocumentWrite(WriteMode.Delete, Kinds.User, name, IfMatch: ifMatch);
            await audit.CommitAsync(tenant, delete, old.Value, null, actor, cancellation);
        }
        catch (StoreConflictException conflict)
        {
            throw conflict.Reason == ConflictReason.Missing ? DomainException.NotFound($"user '{name}'") : Stale();
        }

        await RemoveTokensAsync(Tokens(old.Value), cancellation);
        await RemoveAsync(Kinds.Login, LoginId(tenant, name), cancellation);
    }

    /// <summary>The users of this name, each with its tenant.</summary>
    internal async Task<IReadOnlyList<(string Tenant, User User)>> FindAsync(string name, CancellationToken cancellation)
    {
        var query = new DocumentQuery(
            Partitions.System,
            Kinds.Login,
            Filter.Eq("name", System.Text.Json.Nodes.JsonValue.Create(name)),
            Limit: 100
        );
        var (entries, _) = await store.QueryAsync(query, UserJson.Default.LoginEntry, cancellation);
        var users = new List<(string, User)>();
        foreach (var entry in entries)
        {
            if (await FindAsync(entry.Value.Owner, name, cancellation) is { } user)
            {
                users.Add((entry.Value.Owner, user.Value));
            }
        }

        return users;
    }

    /// <summary>The user whose token this is, where it has that purpose; null for any other.</summary>
    public async ValueTask<(string Tenant, User User)?> FindByTokenAsync(string token, TokenPurpose purpose, CancellationToken cancellation)
    {
        var hash = TokenHash.Of(token);
        var key = new DocumentKey(Partitions.System, Kinds.Token, hash);
        var entry = (await store.GetAsync(key, UserJson.Default.TokenEntry, cancellation))?.Value;
        if (entry is null || entry.Purpose != purpose)
        {
            return null;
        }

        var user = (await FindAsync(entry.Owner, entry.Name, cancellation))?.Value;
        return user is not null && Tokens(user).Contains((hash, purpose)) ? (entry.Owner, user) : null;
    }

    /// <summary>Ends a user's token before its time.</summary>
    /// <param name="tenant">The user's tenant.</param>
    /// <param name="name">The user.</param>
    /// <param name="token">The token's id.</param>
    /// <param name="until">When its time is over.</param>
    /// <param name="cancellation">Cancels it.</param>
    public async Task EndTokenAsync(string tenant, string name, string token, DateTimeOffset until, CancellationToken cancellation)
    {
        while (await FindAsync(tenant, name, cancellation) is { } known)
        {
            var user = known.Value with { TokensEndedUntil = known.Value.TokensEndedUntil > until ? known.Value.TokensEndedUntil : until };
            try
            {
                await store.CommitAsync(
                    tenant,
                    [
                        new(WriteMode.Replace, Kinds.User, name, UserJson.Default.User.ToBody(user), known.ETag),
                        new(
                            WriteMode.Upsert,
                            Kinds.EndedToken,
                            token,
                            UserJson.Default.EndedToken.ToBody(new EndedToken(name)),
                            Expires: until
                        ),
                    ],
                    cancellation
                );
                return;
            }
            catch (StoreConflictException)
            {
                // Somebody else changes the user at this moment.
            }
        }
    }

    /// <summary>Whether a user's token was ended before its time.</summary>
    public async ValueTask<bool> IsEndedAsync(string tenant, User user, string token, DateTimeOffset now, CancellationToken cancellation) =>
        user.TokensEndedUntil > now && await store.GetAsync(new DocumentKey(tenant, Kinds.EndedToken, token), cancellation) is not null;

    private static User New(string name) => new() { Name = name, Stamp = TokenHash.NewToken() };

    private static DomainException Stale() => new(Refusal.PreconditionFailed, "The user has changed in the meantime.");

    private static DomainException Taken(string name) => new(Refusal.Exists, $"There is a user '{name}' already.", "name");

    private static string LoginId(string tenant, string name) => $"{tenant}/{name}";

    private static IEnumerable<(string Hash, TokenPurpose Purpose)> Tokens(User user)
    {
        if (user.ApiToken is { } api)
        {
            yield return (api, TokenPurpose.Api);
        }

        if (user.DeviceToken is { } device)
        {
            yield return (device, TokenPurpose.Device);
        }

        if (user.Conduit?.Token is { } conduit)
        {
            yield return (conduit, TokenPurpose.Conduit);
        }
    }

    private async Task<Stored<User>> ApplyAsync(
        string tenant,
        string name,
        UserChange change,
        string? ifMatch,
        bool mayCreate,
        AuditActor? actor,
        CancellationToken cancellation,
        IReadOnlyList<string>? roles = null
    )
    {
        change.Check(name, roles);
        while (true)
        {
            var old = await FindAsync(tenant, name, cancellation);
            if (ifMatch is not null && old?.ETag != ifMatch)
            {
                throw Stale();
            }

            if (old is null && !mayCreate)
            {
                throw DomainException.NotFound($"user '{name}'");
            }

            var user = change.ApplyTo(old?.Value ?? New(name));
            if (old is not null && UserJson.Default.User.ToBody(user).Span.SequenceEqual(UserJson.Default.User.ToBody(old.Value).Span))
            {
                return old;
            }

            try
            {
                return await WriteAsync(tenant, old, user, actor, cancellation);
            }
            catch (StoreConflictException) when (ifMatch is null)
            {
                // Somebody else was faster: apply the change to what they left.
            }
            catch (StoreConflictException)
            {
                throw Stale();
            }
        }
    }

    private async Task<Stored<User>> WriteAsync(
        string tenant,
        Stored<User>? old,
        User user,
        AuditActor? actor,
        CancellationToken cancellation
    )
    {
        if (Tokens(user).CountBy(token => token.Hash).Any(token => token.Value > 1))
        {
            throw new DomainException(Refusal.Exists, "A user's tokens differ: each opens a door of its own.");
        }

        await WriteEntriesAsync(tenant, user, cancellation);
        var mode = old is null ? WriteMode.Create : WriteMode.Replace;
        var write = new DocumentWrite(mode, Kinds.User, user.Name, UserJson.Default.User.ToBody(user), old?.ETag);
        var tag = await audit.CommitAsync(tenant, write, old?.Value, user, actor, cancellation);
        await RemoveTokensAsync(old is null ? [] : Tokens(old.Value).Except(Tokens(user)), cancellation);
        return new Stored<User>(user, tag!);
    }

    private async Task WriteEntriesAsync(string tenant, User user, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await TryWriteEntriesAsync(tenant, user, cancellation);
                return;
            }
            catch (StoreConflictException)
            {
                // Somebody else claims one of these tokens at this moment: look who.
            }
        }
    }

    private async Task TryWriteEntriesAsync(string tenant, User user, CancellationToken cancellation)
    {
        var login = UserJson.Default.LoginEntry.ToBody(new LoginEntry(user.Name, tenant));
        var writes = new List<DocumentWrite> { new(WriteMode.Upsert, Kinds.Login, LoginId(tenant, user.Name), login) };
        foreach (var (hash, purpose) in Tokens(user))
        {
            var entry = new TokenEntry(tenant, user.Name, purpose);
            var key = new DocumentKey(Partitions.System, Kinds.Token, hash);
            var there = await store.GetAsync(key, UserJson.Default.TokenEntry, cancellation);
            if (there is not null && there.Value != entry && await StandsAsync(there.Value, hash, cancellation))
            {
                throw new DomainException(Refusal.Exists, "A token of this value is in use already.");
            }

            var mode = there is null ? WriteMode.Create : WriteMode.Replace;
            writes.Add(new DocumentWrite(mode, Kinds.Token, hash, UserJson.Default.TokenEntry.ToBody(entry), there?.ETag));
        }

        await store.CommitAsync(Partitions.System, writes, cancellation);
    }

    private async Task<bool> StandsAsync(TokenEntry entry, string hash, CancellationToken cancellation) =>
        (await FindAsync(entry.Owner, entry.Name, cancellation))?.Value is { } user && Tokens(user).Contains((hash, entry.Purpose));

    private async Task RemoveTokensAsync(IEnumerable<(string Hash, TokenPurpose Purpose)> tokens, CancellationToken cancellation)
    {
        foreach (var (hash, _) in tokens)
        {
            await RemoveAsync(Kinds.Token, hash, cancellation);
        }
    }

    private async Task RemoveAsync(string kind, string id, CancellationToken cancellation)
    {
        try
        {
            await store.CommitAsync(Partitions.System, new DocumentWrite(WriteMode.Delete, kind, id), cancellation);
        }
        catch (StoreConflictException)
        {
            // It is gone already.
        }
    }
}
