using Serverless.Local.Mqtt.Protocol;

namespace Serverless.Local.Mqtt.IotHub;

internal enum HubTopicKind
{
    Telemetry,
    GetTwin,
    PatchReported,
    MethodResponse,
}

/// <summary>A topic that a device publishes to.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Rest">Telemetry: the property bag. Else: the request id, as sent.</param>
/// <param name="Status">The status of a method's response.</param>
internal readonly record struct HubTopic(HubTopicKind Kind, string Rest, int Status = 0);

/// <summary>The fixed topics of one device: it has no others.</summary>
internal sealed class HubTopics(string deviceId)
{
    private const string Methods = "$iothub/methods/POST/#";
    private const string TwinResponses = "$iothub/twin/res/#";
    private const string DesiredChanges = "$iothub/twin/PATCH/properties/desired/#";
    private const string GetTwin = "$iothub/twin/GET/";
    private const string PatchReported = "$iothub/twin/PATCH/properties/reported/";
    private const string MethodResponse = "$iothub/methods/res/";
    private const string RequestId = "$rid=";

    private readonly string telemetry = $"devices/{deviceId}/messages/events";
    private readonly string messages = $"devices/{deviceId}/messages/devicebound/#";

    /// <exception cref="MqttProtocolException">The topic is not one of the device's, or a request has no id.</exception>
    public HubTopic Parse(string topic)
    {
        if (topic.StartsWith(telemetry, StringComparison.Ordinal) && (topic.Length == telemetry.Length || topic[telemetry.Length] == '/'))
        {
            return new HubTopic(HubTopicKind.Telemetry, topic.Length == telemetry.Length ? "" : topic[(telemetry.Length + 1)..]);
        }

        if (topic.StartsWith(GetTwin, StringComparison.Ordinal))
        {
            return new HubTopic(HubTopicKind.GetTwin, FindRequestId(topic, GetTwin.Length));
        }

        if (topic.StartsWith(PatchReported, StringComparison.Ordinal))
        {
            return new HubTopic(HubTopicKind.PatchReported, FindRequestId(topic, PatchReported.Length));
        }

        if (topic.StartsWith(MethodResponse, StringComparison.Ordinal))
        {
            return ParseMethodResponse(topic);
        }

        throw new MqttProtocolException("It publishes to a topic that is not its own.");
    }

    /// <returns>The subscription that a filter stands for, or none.</returns>
    public HubSubscriptions Find(string filter) =>
        filter == messages
            ? HubSubscriptions.Messages | HubSubscriptions.MessagesAtLeastOnce
            : filter switch
            {
                Methods => HubSubscriptions.Methods,
                TwinResponses => HubSubscriptions.TwinResponses,
                DesiredChanges => HubSubscriptions.DesiredChanges,
                _ => HubSubscriptions.None,
            };

    public static string Devicebound(string deviceId, string bag) => $"devices/{deviceId}/messages/devicebound/{bag}";

    public static string Method(string name, string requestId) => $"$iothub/methods/POST/{name}/?$rid={requestId}";

    public static string TwinResponse(int status, string requestId, long? version = null) =>
        version is null
            ? $"$iothub/twin/res/{status}/?$rid={requestId}"
            : $"$iothub/twin/res/{status}/?$rid={requestId}&$version={version}";

    public static string Desired(long version) => $"$iothub/twin/PATCH/properties/desired/?$version={version}";

    private static HubTopic ParseMethodResponse(string topic)
    {
        var end = topic.IndexOf('/', MethodResponse.Length);
        return end > 0 && int.TryParse(topic.AsSpan(MethodResponse.Length, end - MethodResponse.Length), out var status)
            ? new HubTopic(HubTopicKind.MethodResponse, FindRequestId(topic, end + 1), status)
            : throw new MqttProtocolException("It answers a method without a status.");
    }

    private static string FindRequestId(string topic, int from)
    {
        var query = topic.AsSpan(from);
        if (query is ['?', ..])
        {
            var pairs = query[1..];
            foreach (var range in pairs.Split('&'))
            {
                if (pairs[range].StartsWith(RequestId, StringComparison.Ordinal))
                {
                    return pairs[range][RequestId.Length..].ToString();
                }
            }
        }

        throw new MqttProtocolException("It sends a request without an id.");
    }
}
