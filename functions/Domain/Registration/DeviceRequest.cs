using System.Text.Json.Serialization;

namespace Serverless.Domain.Registration;

/// <summary>How far a device is that is to get credentials of its own.</summary>
public enum DeviceRequestStatus
{
    /// <summary>It has not asked yet.</summary>
    WaitingForConnection,

    /// <summary>It has asked; somebody is to say that it is the right one.</summary>
    PendingAcceptance,

    /// <summary>It gets its credentials when it asks next.</summary>
    Accepted,
}

/// <summary>That a device of this name is expected: it will ask for credentials with the login that all new devices share.</summary>
public sealed record DeviceRequest
{
    /// <summary>What the device calls itself, such as its serial number. Unique in the cloud: a device does not know its tenant yet.</summary>
    public required string Id { get; init; }

    public DeviceRequestStatus Status { get; init; }

    /// <summary>The id of the group that it is to be a member of, or null.</summary>
    public string? Group { get; init; }

    /// <summary>The type that it is to have, or null.</summary>
    public string? Type { get; init; }

    /// <summary>The user who expects it.</summary>
    public string? Owner { get; init; }

    /// <summary>The hash of the word that the device has sent to prove itself, which whoever accepts it must repeat; null where it has sent none.</summary>
    public string? Token { get; init; }

    public required DateTimeOffset Created { get; init; }
}

/// <summary>Whose request it is: an entry in the system partition, under the request's id.</summary>
/// <param name="Owner">The tenant.</param>
public sealed record DeviceRequestEntry(string Owner);

/// <summary>What a device logs in with.</summary>
public sealed record DeviceCredentials(string Id, string Tenant, string User, string Password);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(DeviceRequest))]
[JsonSerializable(typeof(DeviceRequestEntry))]
internal sealed partial class RegistrationJson : JsonSerializerContext;
