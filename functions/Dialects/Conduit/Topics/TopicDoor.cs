using Serverless.Dialects.Conduit.Uplinks;
using Serverless.Domain;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Conduit.Topics;

/// <summary>Takes published payloads as messages of their devices. MQTT has no answer for the sender: what cannot be read, or is of nobody, is a dead letter.</summary>
internal sealed class TopicDoor(NetworkDevices devices, ITelemetryIngest ingest, DeadLetters deadLetters)
{
    /// <summary>Takes a payload; durable, as data or as a dead letter, when the task completes.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The device's network id.</param>
    /// <param name="form">v1, bytes or hexadecimal; v2, JSON.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="received">When it came.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public async Task TakeAsync(
        string tenant,
        string id,
        string form,
        ReadOnlyMemory<byte> payload,
        DateTimeOffset received,
        CancellationToken cancellation
    )
    {
        var device = await devices.FindAsync(tenant, id, cancellation);
        if (device is null)
        {
            var letter = ConduitPayloadDecoder.ToMessage(id, payload, received, form);
            if (!await devices.MakesUnknownAsync(tenant, cancellation))
            {
                await deadLetters.AddAsync(tenant, [DeadLetters.Of(letter, "The device is not registered.")], cancellation);
                return;
            }

            try
            {
                device = await devices.MakeAsync(tenant, id, cancellation);
            }
            catch (DomainException refused)
            {
                await deadLetters.AddAsync(tenant, [DeadLetters.Of(letter, refused.Message)], cancellation);
                return;
            }
        }

        await ingest.IngestAsync([ConduitPayloadDecoder.ToMessage(device.HubId, payload, received, form)], cancellation);
    }
}
