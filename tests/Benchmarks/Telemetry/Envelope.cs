using System.Text;
using System.Text.Json;

namespace Serverless.Benchmarks.Telemetry;

/// <summary>Makes invocations as the Functions host sends them: messages of several devices, five values each, in base64 in an array in a string.</summary>
internal static class Envelope
{
    public const int ValuesPerMessage = 5;

    /// <param name="devices">The devices' hub ids; each sends the same number of messages.</param>
    /// <param name="messages">How many messages.</param>
    /// <param name="time">The enqueued time of all.</param>
    /// <param name="sequence">The first sequence number.</param>
    public static byte[] Of(IReadOnlyList<string> devices, int messages, DateTimeOffset time, long sequence)
    {
        var random = new Random(1);
        var bodies = new List<byte[]>();
        var system = new List<Dictionary<string, object>>();
        for (var i = 0; i < messages; i++)
        {
            var (tenths, hundredths) = (random.Next(100) / 10.0, random.Next(100) / 100.0);
            var body =
                $"{{\"temperature\":{20 + tenths},\"pressure\":{4 + hundredths},\"watt\":{random.Next(2000)},"
                + $"\"humidity\":{40 + tenths},\"battery\":{random.Next(100)}}}";
            bodies.Add(Encoding.UTF8.GetBytes(body));
            system.Add(
                new Dictionary<string, object>
                {
                    ["iothub-connection-device-id"] = devices[i % devices.Count],
                    ["iothub-enqueuedtime"] = time.UtcDateTime.ToString("O"),
                    ["iothub-message-source"] = "Telemetry",
                    ["content-type"] = "application/json",
                    ["content-encoding"] = "utf-8",
                    ["SequenceNumber"] = sequence + i,
                }
            );
        }

        return JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, object>
            {
                ["Data"] = new Dictionary<string, object> { ["events"] = JsonSerializer.Serialize(bodies) },
                ["Metadata"] = new Dictionary<string, object>
                {
                    ["SystemPropertiesArray"] = JsonSerializer.Serialize(system),
                    ["PropertiesArray"] = JsonSerializer.Serialize(system.Select(_ => new Dictionary<string, string>())),
                    ["SequenceNumberArray"] = JsonSerializer.Serialize(Enumerable.Range(0, messages).Select(i => sequence + i)),
                },
            }
        );
    }
}
