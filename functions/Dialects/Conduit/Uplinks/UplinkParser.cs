using System.Buffers;
using System.Text.Json;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Conduit.Uplinks;

/// <summary>
/// Reads uplinks in JSON: V1 {"token","networkId","timestamp","data":"hex"}, V2 {"token","networkId","timestamp","data":[{"channelId","value"},…]} (vendor), a plain {"id","ch","value","timestamp"}
/// and an array of any of these [I]. token and timestamp may be left out, and the device where the way the uplink came by tells it.
/// </summary>
internal static class UplinkParser
{
    /// <summary>The most uplinks of a request, and the most values of an uplink [I].</summary>
    public const int MostElements = 10_000;

    private const int MaxDepth = 8;
    private const int LongestName = 256;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    /// <exception cref="PayloadException">It is no JSON, or none of the forms; the message says which element and member.</exception>
    public static IReadOnlyList<ConduitUplink> Parse(ReadOnlySequence<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object)
            {
                return [Read(root)];
            }

            if (root.ValueKind != JsonValueKind.Array || root.GetArrayLength() is 0 or > MostElements)
            {
                throw new PayloadException($"The body is an uplink, or an array of 1 to {MostElements} of them.");
            }

            return [.. root.EnumerateArray().Select(ReadElement)];
        }
        catch (JsonException broken)
        {
            throw new PayloadException($"The body is no well-formed JSON: {broken.Message}");
        }
        catch (InvalidOperationException broken)
        {
            // The JSON reader's word for a string that is no well-formed UTF-8 or UTF-16.
            throw new PayloadException($"The body is no well-formed JSON: {broken.Message}");
        }
    }

    private static ConduitUplink ReadElement(JsonElement element, int index)
    {
        try
        {
            return Read(element);
        }
        catch (PayloadException wrong)
        {
            throw new PayloadException($"[{index}]: {wrong.Message}");
        }
    }

    private static ConduitUplink Read(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new PayloadException("An uplink is an object.");
        }

        var isUplink = element.TryGetProperty("data", out var data);
        Check(element, isUplink ? ["token", "networkId", "timestamp", "data"] : ["token", "id", "ch", "value", "timestamp"]);
        return new ConduitUplink(
            Text(element, isUplink ? "networkId" : "id"),
            Member(element, "timestamp") is { } time ? UplinkNumbers.Timestamp(time, "timestamp") : null,
            isUplink ? ReadData(data) : [ReadValue(element, "ch")]
        )
        {
            Token = Text(element, "token"),
            IsUplink = isUplink,
        };
    }

    private static IReadOnlyList<ChannelValue> ReadData(JsonElement data)
    {
        if (data.ValueKind == JsonValueKind.String)
        {
            return HexPayload.Decode(data.GetString());
        }

        if (data.ValueKind != JsonValueKind.Array || data.GetArrayLength() is 0 or > MostElements)
        {
            throw new PayloadException($"data is bytes in hexadecimal, or an array of 1 to {MostElements} values.");
        }

        return [.. data.EnumerateArray().Select(ReadValue)];
    }

    private static ChannelValue ReadValue(JsonElement element, int index)
    {
        try
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                throw new PayloadException("a value is an object with channelId and value.");
            }

            Check(element, ["channelId", "value"]);
            return ReadValue(element, "channelId");
        }
        catch (PayloadException wrong)
        {
            throw new PayloadException($"data[{index}]: {wrong.Message}");
        }
    }

    private static ChannelValue ReadValue(JsonElement element, string channel) =>
        new(
            Member(element, channel) is { } number
                ? UplinkNumbers.Channel(number, channel)
                : throw new PayloadException($"{channel} is missing."),
            Member(element, "value") is { } value ? UplinkNumbers.Value(value) : throw new PayloadException("value is missing.")
        );

    private static JsonElement? Member(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= LongestName } text ? text
        : throw new PayloadException($"{name} is a text of 1 to {LongestName} characters.");

    private static void Check(JsonElement element, ReadOnlySpan<string> known)
    {
        foreach (var member in element.EnumerateObject())
        {
            if (!known.Contains(member.Name))
            {
                throw new PayloadException($"The member {member.Name} is unknown.");
            }
        }
    }
}
