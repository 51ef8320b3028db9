using Serverless.Domain.Commands;

namespace Serverless.Domain.Tenants;

/// <summary>A tenant: the whole world of its users, devices and series.</summary>
public sealed record Tenant
{
    /// <summary>1 to 64 of a-z, 0-9, - and _; unique in the cloud.</summary>
    public required string Id { get; init; }

    public string Name { get; init; } = "";

    /// <summary>An IANA time zone, for the dialects that speak local time.</summary>
    public string TimeZone { get; init; } = "UTC";

    public TenantSettings Settings { get; init; } = new();

    /// <summary>The database in which devices' own points live, with the tag uuid. Every tenant has it; <see cref="DatabaseDirectory"/> knows the others.</summary>
    public const string DeviceDatabase = "iot";

    /// <summary>The tag of a device's series: its UUID.</summary>
    public const string DeviceTag = "uuid";
}

/// <summary>What happens with a message of a device that nobody has registered.</summary>
public enum UnknownDevices
{
    AutoProvision,
    DeadLetter,
}

/// <summary>What a tenant may set.</summary>
public sealed record TenantSettings
{
    /// <summary>Null takes the cloud's default: auto-provision on a laptop.</summary>
    public UnknownDevices? UnknownDevices { get; init; }

    /// <summary>Answers wrong input to Proficloud's API with 500, as its documentation has it, instead of 400.</summary>
    public bool ProficloudErrors500 { get; init; }

    /// <summary>Tenants that were stored before there was such a setting take its defaults.</summary>
    public CommandSettings Commands
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>Tenants that were stored before there was such a setting take its defaults.</summary>
    public ConduitSettings Conduit
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>Tenants that were stored before there was such a setting take its defaults.</summary>
    public QuerySettings Queries
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>Tenants that were stored before there was such a setting take its defaults.</summary>
    public ThingScaleSettings ThingScale
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>Tenants that were stored before there was such a setting take its defaults.</summary>
    public CumulocitySettings Cumulocity
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>Tenants that were stored before there was such a setting take its defaults.</summary>
    public ThingseeSettings Thingsee
    {
        get;
        init => field = value ?? new();
    } = new();
}
