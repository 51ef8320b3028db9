using System.Globalization;
using System.Text.Json.Nodes;
using Serverless.Dialects.ThingScale.Devices;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Time;

namespace Serverless.Dialects.ThingScale.Connectors;

/// <summary>
/// Takes what devices publish of their state, health=OK&amp;load=5.9&amp;uptime=250036, into the twin. A name that is left out keeps its value, what is older
/// than what is known changes nothing, and that of a
/// device that is disabled or mapped to no channel is ignored (the edge agent's README). What cannot be read is a dead letter.
/// </summary>
internal sealed class StateIntake(ThingScaleIntake intake, DeviceDirectory devices, DeadLetters deadLetters)
{
    /// <summary>The most members of a device's state.</summary>
    public const int MostMembers = 100;

    /// <summary>Takes a state; durable when the task completes.</summary>
    public async Task TakeAsync(
        string tenant,
        string device,
        ReadOnlyMemory<byte> payload,
        DateTimeOffset received,
        CancellationToken cancellation
    )
    {
        var (twin, result) = await intake.JudgeAsync(tenant, device, cancellation);
        if (result != IntakeResult.Stored)
        {
            return;
        }

        try
        {
            var pairs = UrlEncodedPayload.Parse(payload.Span);
            await devices.UpdateAsync(tenant, twin!.Id, known => Changed(known, pairs, received), null, cancellation);
        }
        catch (PayloadException unreadable)
        {
            var message = ThingScalePayloadDecoder.MessageOf(twin!.HubId, new Payload(payload, PayloadForm.V1, null), received);
            await deadLetters.AddAsync(tenant, [DeadLetters.Of(message, $"A state: {unreadable.Message}")], cancellation);
        }
        catch (DomainException gone) when (gone.Refusal == Refusal.NotFound)
        {
            // The device was deleted at this moment.
        }
    }

    private static DeviceTwin Changed(DeviceTwin twin, IReadOnlyList<KeyValuePair<string, string>> pairs, DateTimeOffset received)
    {
        var fragment = ThingScaleFragment.Of(twin);
        var state = fragment.State?.DeepClone().AsObject() ?? [];
        if (LastUpdateOf(state) > PayloadTime.ToNanoseconds(received))
        {
            return twin;
        }

        foreach (var (name, text) in pairs)
        {
            state[name] = Version1Values.ToNode(text);
        }

        state[ThingScaleFragment.LastUpdate] = received.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        return state.Count <= MostMembers + 1
            ? (fragment with { State = state }).On(twin)
            : throw new PayloadException($"A device's state has at most {MostMembers} names.");
    }

    private static long? LastUpdateOf(JsonObject state) =>
        state[ThingScaleFragment.LastUpdate] is JsonValue stamp
        && stamp.TryGetValue<string>(out var text)
        && Iso8601.TryParse(text, out var time)
            ? time
            : null;
}
