namespace Serverless.Domain.Users;

/// <summary>What to set on a user; a null member stays as it is, an empty token or MQTT user name removes it.</summary>
public sealed record UserChange
{
    public string? Password { get; init; }

    public IReadOnlyList<string>? Roles { get; init; }

    public string? MqttUser { get; init; }

    public string? ApiToken { get; init; }

    public string? DeviceToken { get; init; }

    public ConduitChange? Conduit { get; init; }

    public ExpectedDevice? Expected { get; init; }
}

/// <summary>What to set on a user's Conduit access; a null member stays, an empty token removes the token.</summary>
public sealed record ConduitChange(string? Token = null, bool? Http = null, bool? Mqtt = null, bool? Webhook = null);
