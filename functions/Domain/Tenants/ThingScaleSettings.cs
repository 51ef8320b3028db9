namespace Serverless.Domain.Tenants;

/// <summary>What a tenant may set for ThingScale's API.</summary>
/// <param name="RequestsPerSecond">Requests a second that the services take from one address; 0 for any number.</param>
/// <param name="ConnectorRequestsPerSecond">Requests a second that the HTTP device connector takes from one address; 0 for any number.</param>
/// <param name="MaxDevices">Devices that the account may have before this API makes no more; 0 for any number.</param>
/// <param name="FlatRows">Whether rows that came as v1 payloads are shown flat, as value, value2, value3 and value4; else like all others, in an object value.</param>
/// <remarks>Parameters, as their defaults hold where a stored tenant has no such member.</remarks>
public sealed record ThingScaleSettings(
    int RequestsPerSecond = 20,
    int ConnectorRequestsPerSecond = 1,
    int MaxDevices = 0,
    bool FlatRows = true
)
{
    /// <summary>The defaults, which hold where the tenant is not known.</summary>
    public static readonly ThingScaleSettings Default = new();
}
