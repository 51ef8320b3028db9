namespace Serverless.Domain.Tenants;

/// <summary>What a tenant may set for ThingScale's API.</summary>
public sealed record ThingScaleSettings
{
    /// <summary>The defaults, which hold where the tenant is not known.</summary>
    public static readonly ThingScaleSettings Default = new();

    /// <summary>Requests a second that the services take from one address; 0 for any number.</summary>
    public int RequestsPerSecond { get; init; } = 20;

    /// <summary>Requests a second that the HTTP device connector takes from one address; 0 for any number.</summary>
    public int ConnectorRequestsPerSecond { get; init; } = 1;

    /// <summary>Devices that the account may have before this API makes no more; 0 for any number.</summary>
    public int MaxDevices { get; init; }

    /// <summary>Whether rows that came as v1 payloads are shown flat, as value, value2, value3 and value4; else like all others, in an object value.</summary>
    public bool FlatRows { get; init; } = true;
}
