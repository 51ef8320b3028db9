namespace Serverless.Domain.Tenants;

/// <summary>What a tenant may set for Cumulocity's API.</summary>
/// <param name="MaxSeriesValues">Times of an answer of series; those beyond are cut off, and the answer says so. 0 for any number.</param>
/// <param name="MqttPayloadBytes">The most bytes of an MQTT message with its header; a larger one is refused, and its sender told. 0 for any number.</param>
/// <remarks>Parameters, as their defaults hold where a stored tenant has no such member.</remarks>
public sealed record CumulocitySettings(int MaxSeriesValues = 5000, int MqttPayloadBytes = 16_184);
