using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Serverless.Domain.Devices;

namespace Serverless.Domain.Provisioning;

/// <summary>A cloud as a file declares it.</summary>
/// <param name="Tenants">Its tenants.</param>
/// <param name="DeviceBootstrap">What devices log in with that have no credentials yet.</param>
public sealed record Bootstrap(IReadOnlyList<BootstrapTenant>? Tenants = null, BootstrapLogin? DeviceBootstrap = null);

/// <summary>The login management/devicebootstrap, which all devices share until they have one of their own.</summary>
public sealed record BootstrapLogin(string? Password = null);

/// <summary>A tenant and what it has.</summary>
public sealed record BootstrapTenant
{
    public string? Id { get; init; }

    public string? Name { get; init; }

    public string? TimeZone { get; init; }

    /// <summary>Members of <see cref="Domain.Tenants.TenantSettings"/>; what is left out stays as it is.</summary>
    public JsonObject? Settings { get; init; }

    public IReadOnlyList<BootstrapUser>? Users { get; init; }

    public IReadOnlyList<BootstrapClient>? Clients { get; init; }

    public IReadOnlyList<BootstrapDevice>? Devices { get; init; }

    public IReadOnlyList<string>? Databases { get; init; }
}

/// <summary>A user of a tenant.</summary>
public sealed record BootstrapUser
{
    public string? Name { get; init; }

    public string? Password { get; init; }

    public IReadOnlyList<string>? Roles { get; init; }

    public string? ApiToken { get; init; }

    public string? DeviceToken { get; init; }

    public string? MqttUser { get; init; }

    public BootstrapConduit? Conduit { get; init; }
}

/// <summary>A user's Conduit token and its switches.</summary>
public sealed record BootstrapConduit(string? Token = null, bool? Http = null, bool? Mqtt = null, bool? Webhook = null);

/// <summary>An API client of a tenant.</summary>
public sealed record BootstrapClient(string? Id = null, string? Secret = null);

/// <summary>A device of a tenant; its UUID says which.</summary>
public sealed record BootstrapDevice
{
    public Guid? Uuid { get; init; }

    public string? Name { get; init; }

    public string? Type { get; init; }

    /// <summary>The primary symmetric key, in base64.</summary>
    public string? Key { get; init; }

    public IReadOnlyList<ExternalId>? ExternalIds { get; init; }

    public IReadOnlyList<BootstrapChannel>? Channels { get; init; }
}

/// <summary>A channel of a device.</summary>
public sealed record BootstrapChannel
{
    public int Channel { get; init; }

    public string? Measurement { get; init; }

    public string? Field { get; init; }

    public string? Type { get; init; }

    public string? Description { get; init; }

    public string? Unit { get; init; }

    public double? Offset { get; init; }

    public double? Calibration { get; init; }
}

/// <summary>The file that was applied last, as a hash that costs as much to guess from as a password's.</summary>
public sealed record AppliedBootstrap(string Hash);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = System.Text.Json.JsonCommentHandling.Skip,
    AllowTrailingCommas = true
)]
[JsonSerializable(typeof(Bootstrap))]
[JsonSerializable(typeof(AppliedBootstrap))]
public sealed partial class BootstrapJson : JsonSerializerContext;
