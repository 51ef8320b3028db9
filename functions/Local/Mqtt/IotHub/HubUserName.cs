namespace Serverless.Local.Mqtt.IotHub;

/// <summary>
/// IoT Hub's user name, <c>{host}/{device}/?api-version=2021-04-12&amp;…</c>. Clients in the wild also leave out the question mark, or everything behind
/// the device.
/// </summary>
internal readonly record struct HubUserName(string Host, string DeviceId, bool HasApiVersion)
{
    public static HubUserName? Parse(string? text)
    {
        if (text is null || text.IndexOf('/') is not (> 0 and var slash))
        {
            return null;
        }

        var end = text.IndexOf('/', slash + 1);
        var device = end < 0 ? text[(slash + 1)..] : text[(slash + 1)..end];
        var rest = end < 0 ? "" : text[(end + 1)..];
        return device.Length == 0
            ? null
            : new HubUserName(text[..slash], device, rest.TrimStart('?').Contains("api-version=", StringComparison.Ordinal));
    }
}
