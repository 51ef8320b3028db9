using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Users;

/// <summary>What came of a login.</summary>
public enum LoginOutcome
{
    Accepted,

    /// <summary>No such user, or not its password: which of the two is not told.</summary>
    Rejected,

    /// <summary>A bare name that two tenants have; the caller must write tenant/user.</summary>
    Ambiguous,
}

/// <summary>A login's outcome, and who logged in.</summary>
public readonly record struct LoginResult(LoginOutcome Outcome, string Tenant = "", User? User = null);

/// <summary>Checks names and passwords. A login name is user or tenant/user.</summary>
/// <remarks>
/// A check costs a tenth of a second by design, and clients with Basic authentication send the password with every request: what was found right is remembered for
/// five minutes under a key that lives only in this process, together with the user's stamp, so that a new password ends it.
/// </remarks>
public sealed class Logins(UserDirectory users, IDocumentStore store, TimeProvider time) : IDisposable
{
    /// <summary>The tenant in the login of devices that have no credentials yet. It is no tenant of the cloud.</summary>
    public const string ManagementTenant = "management";

    /// <summary>The user in the login of devices that have no credentials yet: management/devicebootstrap.</summary>
    public const string BootstrapUser = "devicebootstrap";

    public const string AmbiguousMessage = "More than one tenant has a user of this name: log in as tenant/user.";

    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);
    private const int MostRemembered = 10_000;

    private readonly byte[] processKey = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, DateTimeOffset> remembered = new();

    // Wrong passwords cost as much as right ones: whoever sends many of them waits for himself, and leaves a core to the others.
    private readonly SemaphoreSlim hashing = new(Math.Max(1, Environment.ProcessorCount - 1));

    public async Task<LoginResult> LogInAsync(string login, string password, CancellationToken cancellation)
    {
        var slash = login.IndexOf('/');
        var name = login[(slash + 1)..];
        if (slash >= 0)
        {
            var tenant = login[..slash] == ManagementTenant ? Partitions.System : login[..slash];
            var user = slash == 0 ? null : await users.FindAsync(tenant, name, cancellation);
            return await CheckAsync(tenant, name, user?.Value, password, cancellation);
        }

        return await users.FindAsync(name, cancellation) switch
        {
            [] => await CheckAsync("", name, null, password, cancellation),
            [var (tenant, user)] => await CheckAsync(tenant, name, user, password, cancellation),
            _ => new LoginResult(LoginOutcome.Ambiguous),
        };
    }

    /// <summary>The tenant that an API client (OAuth client credentials) belongs to, or null where id or secret are wrong.</summary>
    public async Task<string?> LogInClientAsync(string id, string secret, CancellationToken cancellation)
    {
        var client = (await store.GetAsync(ApiClients.Key(id), UserJson.Default.ApiClient, cancellation))?.Value;
        return await MatchesAsync($"client\n{id}\n{client?.Secret}\n{secret}", secret, client?.Secret, cancellation) ? client!.Owner : null;
    }

    public void Dispose() => hashing.Dispose();

    private async Task<LoginResult> CheckAsync(string tenant, string name, User? user, string password, CancellationToken cancellation) =>
        await MatchesAsync($"user\n{tenant}\n{name}\n{user?.Stamp}\n{password}", password, user?.Password, cancellation)
            ? new LoginResult(LoginOutcome.Accepted, tenant, user)
            : new LoginResult(LoginOutcome.Rejected);

    private async ValueTask<bool> MatchesAsync(string what, string password, string? hash, CancellationToken cancellation)
    {
        var key = Convert.ToBase64String(HMACSHA256.HashData(processKey, Encoding.UTF8.GetBytes(what)));
        var now = time.GetUtcNow();
        if (remembered.TryGetValue(key, out var until) && until > now)
        {
            return true;
        }

        await hashing.WaitAsync(cancellation);
        try
        {
            if (!PasswordHash.Verify(password, hash))
            {
                return false;
            }
        }
        finally
        {
            hashing.Release();
        }

        if (remembered.Count >= MostRemembered)
        {
            remembered.Clear();
        }

        remembered[key] = now + Remembered;
        return true;
    }
}
