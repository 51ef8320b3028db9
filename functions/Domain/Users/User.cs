namespace Serverless.Domain.Users;

/// <summary>What a user may do.</summary>
public static class Roles
{
    /// <summary>Runs the cloud: tenants and signing keys, and everything in every tenant.</summary>
    public const string Operator = "operator";

    /// <summary>Runs a tenant: its users, clients and settings, and all that a user does.</summary>
    public const string Admin = "admin";

    /// <summary>Works in a tenant: devices and data.</summary>
    public const string User = "user";

    /// <summary>Reads a tenant's devices and data.</summary>
    public const string Reader = "reader";

    /// <summary>A device: sends its own data and takes its own commands, by the APIs that know device users.</summary>
    public const string Device = "device";

    /// <summary>A device that has no credentials yet, and may do nothing but ask for its own.</summary>
    public const string Bootstrap = "bootstrap";

    /// <summary>The roles that a tenant's users are given.</summary>
    public static readonly IReadOnlyList<string> All = [Operator, Admin, User, Reader];
}

/// <summary>A person or program of a tenant. Its secrets are kept only as hashes.</summary>
public sealed record User
{
    /// <summary>Unique in the tenant; with it the login name tenant/name.</summary>
    public required string Name { get; init; }

    /// <summary>As <see cref="PasswordHash"/> writes it.</summary>
    public string? Password { get; init; }

    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The user name of its devices on ThingScale's MQTT connector.</summary>
    public string? MqttUser { get; init; }

    /// <summary>The hash of the token for REST, or null where it has none.</summary>
    public string? ApiToken { get; init; }

    /// <summary>The hash of the token that its devices send, or null.</summary>
    public string? DeviceToken { get; init; }

    public ConduitAccess? Conduit { get; init; }

    /// <summary>What was said of the device that logs in as this user before it came; null where nothing was.</summary>
    public ExpectedDevice? Expected { get; init; }

    /// <summary>Changes with the password: tokens issued before carry the old one and end with it.</summary>
    public required string Stamp { get; init; }

    /// <summary>Until when there may be tokens that are good by their time and were ended; null where there are none.</summary>
    public DateTimeOffset? TokensEndedUntil { get; init; }

    public bool HasRole(string role) => Roles.Contains(role);
}

/// <summary>What a device is made with that is expected.</summary>
/// <param name="Group">The id of the group that it is a member of, or null.</param>
/// <param name="Type">Its type where it gives none itself, or null.</param>
public sealed record ExpectedDevice(string? Group, string? Type);

/// <summary>A Conduit token and what it opens.</summary>
public sealed record ConduitAccess(string? Token, bool Http, bool Mqtt, bool Webhook);

/// <summary>Who calls: a user of a tenant, with its roles.</summary>
public sealed record Caller(string Tenant, string User, IReadOnlyList<string> Roles)
{
    public bool Is(string role) => Roles.Contains(role);

    public bool MayAdminister => Is(Users.Roles.Admin) || Is(Users.Roles.Operator);

    /// <summary>Whether the caller may change this user or give these roles: only an operator touches operators, so that no admin makes itself one.</summary>
    public bool MayManage(IReadOnlyList<string> roles) =>
        MayAdminister && (Is(Users.Roles.Operator) || !roles.Contains(Users.Roles.Operator));

    public bool MayRead => MayWrite || Is(Users.Roles.Reader);

    public bool MayWrite => MayAdminister || Is(Users.Roles.User);
}

/// <summary>A program's own credentials (OAuth client credentials). The secret is kept as a hash.</summary>
public sealed record ApiClient(string Id, string Owner, string Secret);

/// <summary>What a token is for.</summary>
public enum TokenPurpose
{
    Api,
    Device,
    Conduit,
}

/// <summary>A token's entry, under its hash: whose it is.</summary>
/// <param name="Owner">The tenant.</param>
/// <param name="Name">The user.</param>
/// <param name="Purpose">What it is for.</param>
public sealed record TokenEntry(string Owner, string Name, TokenPurpose Purpose);

/// <summary>A token that was ended before its time, under its id.</summary>
/// <param name="Name">The user whose it was.</param>
internal sealed record EndedToken(string Name);

/// <summary>A login name's entry: one for each tenant that has a user of this name.</summary>
internal sealed record LoginEntry(string Name, string Owner);
