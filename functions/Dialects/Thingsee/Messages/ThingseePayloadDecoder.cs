using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Thingsee.Messages;

/// <summary>
/// One Thingsee message as readings: every number, boolean and text of the profile is a measurement of its own name, with the catalogue's unit; the message itself is kept as it was sent. It is of the
/// thing tsmTuid, at the time tsmTs. An answer to a command (tsmEv 26, 28, 31, 33, 36) ends the command of its transactionId.
/// </summary>
/// <remarks>A message is recognised by whole numbers tsmId and tsmEv, or by its property dialect=thingsee. CBOR is not read.</remarks>
public sealed class ThingseePayloadDecoder : IPayloadDecoder
{
    private const int Information = 1100;
    private const int Unavailable = 1102;
    private const int LongestName = 256;
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    public bool TryDecode(DeviceMessage message, DeviceTwin sender, Readings readings)
    {
        var declared = message.Properties.GetValueOrDefault("dialect") == ThingseeMessage.Form;
        if (!declared && !ThingseeMessage.MayHold(message.Body.Span))
        {
            return false;
        }

        try
        {
            var body = ThingseeMessage.Parse(message.Body);
            if (!declared && !ThingseeMessage.IsOne(body))
            {
                return false;
            }

            Read(message, ThingseeMessage.Read(body), sender, readings);
            return true;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new PayloadException($"The payload is no well-formed JSON: {broken.Message}");
        }
    }

    private static void Read(DeviceMessage carrier, ThingseeMessage message, DeviceTwin sender, Readings readings)
    {
        var time = message.Time is { } told ? told + ThingseeMessageSplitter.OffsetOf(carrier) : (long?)null;
        if (message.Tuid is { } tuid && tuid != sender.NameIn(ThingseeNames.ExternalIdType))
        {
            readings.Subject = new ExternalId(ThingseeNames.ExternalIdType, tuid);
        }

        foreach (var member in message.Properties)
        {
            if (member.Name.Length is 0 or > LongestName)
            {
                throw new PayloadException($"A member's name has 1 to {LongestName} characters.");
            }

            // A name with a dollar is the cloud's own.
            if (member.Name[0] != '$' && JsonValues.ToField(member.Value) is { } value)
            {
                var unit = ThingseeCatalogue.UnitOf(message.Id, member.Name);
                readings.Add(new Reading(member.Name, Readings.ValueField, value, time, unit));
            }
        }

        var text = Domain.Series.FieldValue.Of(Utf8.GetString(ThingseeMessage.WithoutMark(carrier.Body).Span));
        readings.Add(new Reading(Readings.MessageMeasurement, ThingseeNames.FieldOf(message.Id), text, time));
        if (message.Id == Information)
        {
            readings.Firmware = Text(message.Body, "swVersion");
            readings.Hardware = Text(message.Body, "modelCode");
            readings.SerialNumber = Text(message.Body, "psn");
        }

        if (message.TransactionId is { } transaction && ThingseeEvents.IsAnswer(message.Event))
        {
            var whole = JsonNode.Parse(message.Body.GetRawText());
            var name = transaction.ToString(CultureInfo.InvariantCulture);
            readings.Add(new CommandEcho(null, name, message.ToProperties(), FailureOf(message), whole));
        }
    }

    /// <summary>Why the thing says that it failed: a negative result, "fail" or "cancel", with its reason; or that it does not have what was asked for.</summary>
    private static string? FailureOf(ThingseeMessage message)
    {
        if (message.Id == Unavailable)
        {
            return "The thing does not have this information.";
        }

        if (!message.Body.TryGetProperty("result", out var result))
        {
            return null;
        }

        var failed = result.ValueKind switch
        {
            JsonValueKind.Number => result.TryGetDouble(out var number) && number < 0,
            JsonValueKind.String => result.GetString() is "fail" or "cancel",
            _ => false,
        };
        var reason =
            message.Body.TryGetProperty("resultReason", out var told) ? told
            : message.Body.TryGetProperty("payload", out var payload) ? payload
            : default;
        return !failed ? null
            : reason.ValueKind == JsonValueKind.Undefined ? $"The thing answers with the result {result.GetRawText()}."
            : $"The thing answers with the result {result.GetRawText()}: {Shortened(reason.GetRawText())}";
    }

    private static string Shortened(string text) => text.Length <= 200 ? text : text[..200] + "…";

    private static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
