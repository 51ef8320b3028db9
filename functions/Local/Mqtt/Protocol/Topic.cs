using System.Text;

namespace Serverless.Local.Mqtt.Protocol;

/// <summary>What MQTT 3.1.1, section 4.7, demands of topic names and topic filters.</summary>
internal static class Topic
{
    private const int LargestBytes = ushort.MaxValue;

    /// <summary>Whether a text may be the topic name of a PUBLISH.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= LargestBytes
        && !name.AsSpan().ContainsAny('+', '#', '\0')
        && Encoding.UTF8.GetByteCount(name) <= LargestBytes;

    public static string CheckName(string name) =>
        name.Length == 0 || name.AsSpan().ContainsAny('+', '#')
            ? throw new MqttProtocolException("The topic name is empty or holds a wildcard.")
            : name;

    public static string CheckFilter(string filter)
    {
        if (filter.Length == 0)
        {
            throw new MqttProtocolException("The topic filter is empty.");
        }

        for (var i = 0; i < filter.Length; i++)
        {
            var startsLevel = i == 0 || filter[i - 1] == '/';
            var last = i == filter.Length - 1;
            var valid = filter[i] switch
            {
                '#' => startsLevel && last,
                '+' => startsLevel && (last || filter[i + 1] == '/'),
                _ => true,
            };
            if (!valid)
            {
                throw new MqttProtocolException("A wildcard of the topic filter does not take a whole level.");
            }
        }

        return filter;
    }
}
