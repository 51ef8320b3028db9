using System.Text;

namespace Serverless.Local.Mqtt.IotHub;

/// <summary>
/// The properties of a message at the end of its topic: <c>key=value&amp;key2=value2</c>, percent-encoded. System properties have short names that begin
/// with a dollar sign, which often arrives encoded. <c>key=</c> is an empty value and <c>key</c> a null, which is taken as empty.
/// </summary>
internal static class PropertyBag
{
    private static readonly Dictionary<string, string> SystemNames = new()
    {
        ["$.mid"] = "message-id",
        ["$.cid"] = "correlation-id",
        ["$.uid"] = "user-id",
        ["$.to"] = "to",
        ["$.exp"] = "absolute-expiry-time",
        ["$.ct"] = "content-type",
        ["$.ce"] = "content-encoding",
        ["$.ctime"] = "iothub-creation-time-utc",
        ["$.ifid"] = "iothub-interface-id",
        ["$.on"] = "iothub-output-name",
        ["$.sub"] = "dt-subject",
        ["$.schema"] = "dt-dataschema",
    };

    private static readonly Dictionary<string, string> ShortNames = SystemNames.ToDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>Adds the bag's properties to the two dictionaries. System properties that the hub does not know are dropped: none can be forged.</summary>
    public static void Decode(ReadOnlySpan<char> bag, Dictionary<string, string> system, Dictionary<string, string> properties)
    {
        bag = bag.TrimStart('?').TrimEnd('/');
        foreach (var range in bag.Split('&'))
        {
            var pair = bag[range];
            if (pair.IsEmpty)
            {
                continue;
            }

            var equals = pair.IndexOf('=');
            var key = Uri.UnescapeDataString(equals < 0 ? pair : pair[..equals]);
            var value = equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..]);
            if (!key.StartsWith("$.", StringComparison.Ordinal))
            {
                properties[key] = value;
            }
            else if (SystemNames.TryGetValue(key, out var name))
            {
                system[name] = value;
            }
        }
    }

    /// <summary>Writes a bag: the system properties that have a short name, then the others.</summary>
    public static string Encode(IEnumerable<KeyValuePair<string, string>> system, IEnumerable<KeyValuePair<string, string>> properties)
    {
        var bag = new StringBuilder();
        foreach (var (name, value) in system)
        {
            if (ShortNames.TryGetValue(name, out var key))
            {
                Append(bag, key, value);
            }
        }

        foreach (var (key, value) in properties)
        {
            Append(bag, key, value);
        }

        return bag.ToString();
    }

    private static void Append(StringBuilder bag, string key, string value) =>
        bag.Append(bag.Length == 0 ? "" : "&").Append(Uri.EscapeDataString(key)).Append('=').Append(Uri.EscapeDataString(value));
}
