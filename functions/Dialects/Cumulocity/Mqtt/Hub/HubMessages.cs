using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Serverless.Dialects.Cumulocity.Mqtt.Calls;
using Serverless.Dialects.Cumulocity.Mqtt.Custom;
using Serverless.Dialects.Cumulocity.Mqtt.Devices;
using Serverless.Dialects.Cumulocity.Mqtt.Sessions;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Mqtt.Hub;

/// <summary>
/// SmartREST and JSON of devices that speak MQTT to IoT Hub, which has no topics of theirs: the property dialect is smartrest or c8y-json, and the property topic the topic that Cumulocity's own service
/// has for it. The device may do what a device user may: it owns itself and what is behind it. There is no way back: what is refused is a dead letter, and what is asked for is not answered.
/// </summary>
internal sealed class HubMessages(
    DeviceDirectory devices,
    MqttDevices mqttDevices,
    IApiCalls api,
    TemplateCollections collections,
    DeadLetters deadLetters,
    MessageClock clock,
    IDocumentStore store,
    TimeProvider time,
    ILogger<HubMessages> logger
) : IMessageHandler
{
    private const string Dialect = "dialect";
    private const string Topic = "topic";

    // Longer than a hub keeps messages.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(8);

    private readonly TopicMessages messages = new(mqttDevices, api, collections, deadLetters, clock, logger);

    public bool Handles(DeviceMessage message) => message.Properties.GetValueOrDefault(Dialect) is "smartrest" or "c8y-json";

    public async Task HandleAsync(string tenant, DeviceTwin sender, DeviceMessage message, CancellationToken cancellation)
    {
        if (message.Properties.GetValueOrDefault(Topic) is not { Length: > 0 } topic)
        {
            throw new PayloadException("The property topic is missing: it says what the message is for.");
        }

        // Some of what a row does is another thing the second time, as the oldest pending operation is.
        var key = new DocumentKey(tenant, Kinds.HandledMessage, IdOf(message, topic));
        if (await store.GetAsync(key, cancellation) is not null)
        {
            return;
        }

        var device = await NamedAsync(tenant, sender, cancellation);
        var caller = new Caller(tenant, device.Owner!, [Roles.Device]);
        var up = new UpMessage(caller, device.NameIn(MqttDevices.Serial), null, topic, message.Body, message.EnqueuedTime);
        var refused = new List<string>();
        await messages.TakeAsync(up, () => Task.CompletedTask, Refused, cancellation);
        var write = new DocumentWrite(WriteMode.Upsert, key.Kind, key.Id, "{}"u8.ToArray(), Expires: time.GetUtcNow() + Kept);
        await store.CommitAsync(tenant, write, cancellation);
        if (refused.Count > 0)
        {
            throw new PayloadException(string.Join('\n', refused));
        }

        void Refused(DownMessage told)
        {
            if (told.Topic is ClientTopics.Errors or ClientTopics.JsonErrors)
            {
                refused.Add(told.Payload);
            }
        }
    }

    /// <summary>The device with a serial, by which this API knows it, and an owner, in whose name it acts.</summary>
    private async Task<DeviceTwin> NamedAsync(string tenant, DeviceTwin sender, CancellationToken cancellation)
    {
        var isNamed = sender.ExternalIds.Any(id => id.Type == MqttDevices.Serial);
        if (isNamed && sender.Owner is not null)
        {
            return sender;
        }

        var stored = await devices.UpdateAsync(
            tenant,
            sender.Id,
            twin =>
            {
                var known = twin.ExternalIds.Any(id => id.Type == MqttDevices.Serial);
                var named = known
                    ? twin
                    : twin with
                    {
                        ExternalIds = [.. twin.ExternalIds, new ExternalId(MqttDevices.Serial, twin.HubId)],
                    };
                return named.Owner is not null ? named : named with { Owner = $"device_{named.NameIn(MqttDevices.Serial)}" };
            },
            null,
            cancellation
        );
        return stored.Value;
    }

    private static string IdOf(DeviceMessage message, string topic)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{message.HubId}\n{message.EnqueuedTime.UtcTicks}\n{topic}\n"));
        hash.AppendData(message.Body.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }
}
