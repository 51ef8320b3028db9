using Serverless.Dialects.ThingScale.Connectors;

namespace Serverless.Dialects.ThingScale.Topics;

/// <summary>A topic that devices publish to.</summary>
/// <param name="Token">Its first level, which is to be the device token.</param>
/// <param name="Form">The form of what is published, or null for a state.</param>
/// <param name="Device">The device's id, or null where the topic names none.</param>
/// <param name="Tag">The row's tag, or null.</param>
/// <remarks>
/// TOKEN/json/ID[/TAG], TOKEN/binary/ID[/TAG], TOKEN/state/ID, v1's TOKEN/ID, and TOKEN/json of SORACOM Beam (dev.thingscale.io, "Using MQTT"; the edge agent
/// for state).
/// </remarks>
internal sealed record DataTopic(string Token, PayloadForm? Form, string? Device, string? Tag)
{
    /// <returns>The topic, or null where it is none of this API's.</returns>
    public static DataTopic? Parse(string topic) =>
        topic.Split('/') switch
        {
            [var token, "json"] => new(token, PayloadForm.Json, null, null),
            [var token, "json", { Length: > 0 } device] => new(token, PayloadForm.Json, device, null),
            [var token, "json", { Length: > 0 } device, { Length: > 0 } tag] => new(token, PayloadForm.Json, device, tag),
            [var token, "binary", { Length: > 0 } device] => new(token, PayloadForm.Binary, device, null),
            [var token, "binary", { Length: > 0 } device, { Length: > 0 } tag] => new(token, PayloadForm.Binary, device, tag),
            [var token, "state", { Length: > 0 } device] => new(token, null, device, null),
            [var token, not ("binary" or "state" or "") and var device] => new(token, PayloadForm.V1, device, null),
            _ => null,
        };

    /// <summary>[I] The device of a client whose topic names none: its client id is DEVICE_ID_RANDOM, as is recommended, or the device's id itself.</summary>
    public static string DeviceOf(string clientId) => clientId.LastIndexOf('_') is > 0 and var end ? clientId[..end] : clientId;
}
