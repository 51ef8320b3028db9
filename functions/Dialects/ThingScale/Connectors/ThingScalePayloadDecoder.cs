using Serverless.Dialects.ThingScale.Channels;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.ThingScale.Connectors;

/// <summary>
/// Messages with the property dialect=thingscale, whether they came by this API's doors or by IoT Hub. The property form is json (which it means where it is
/// missing), binary or v1, the property tag the row's tag.
/// </summary>
public sealed class ThingScalePayloadDecoder : IPayloadDecoder
{
    internal const string DialectProperty = "dialect";
    internal const string FormProperty = "form";
    internal const string TagProperty = "tag";

    public bool TryDecode(DeviceMessage message, DeviceTwin sender, Readings readings)
    {
        if (message.Properties.GetValueOrDefault(DialectProperty) != ThingScaleDialect.DialectName)
        {
            return false;
        }

        var form = message.Properties.GetValueOrDefault(FormProperty) switch
        {
            null or "json" => PayloadForm.Json,
            "binary" => PayloadForm.Binary,
            "v1" => PayloadForm.V1,
            _ => throw new PayloadException("The form of a ThingScale payload is json, binary or v1."),
        };
        var tag = message.Properties.GetValueOrDefault(TagProperty);
        if (tag is not null && !ChannelHandler.IsTag(tag))
        {
            throw new PayloadException("The tag is none.");
        }

        new Payload(message.Body, form, tag).Read(readings);
        return true;
    }

    /// <summary>A payload as the message that this decoder reads.</summary>
    internal static DeviceMessage MessageOf(string hubId, Payload payload, DateTimeOffset received)
    {
        var properties = new Dictionary<string, string>
        {
            [DialectProperty] = ThingScaleDialect.DialectName,
            [FormProperty] = payload.Form.ToString().ToLowerInvariant(),
        };
        if (payload.Tag is not null)
        {
            properties[TagProperty] = payload.Tag;
        }

        return new DeviceMessage(hubId, payload.Body, received, MessageSource.Telemetry, DeviceMessage.NoProperties, properties);
    }
}
