using System.Buffers.Binary;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Conduit.Uplinks;

/// <summary>
/// The byte array of uplink V1 and of conduitv4/post, little-endian: four unsigned 16-bit numbers (voltage in mV, RSSI, message id, error: channels 255, 254, 253, 252), then a signed 32-bit number of
/// thousandths for each channel from 1 to at most 32.
/// </summary>
/// <remarks>Sources differ on 254 and 253: the vendor's API pages have RSSI and message id, its knowledge base the other way around; ours are the former (reference D.4).</remarks>
internal static class HexPayload
{
    /// <summary>The channels of the four leading numbers.</summary>
    public static readonly IReadOnlyList<int> FixedChannels = [255, 254, 253, 252];

    private const int FixedBytes = 8;
    private const int BytesPerChannel = 4;
    private const int MostChannels = 32;
    private const double Thousandths = 1000;

    /// <exception cref="PayloadException">It is no hexadecimal text of such bytes.</exception>
    public static IReadOnlyList<ChannelValue> Decode(ReadOnlySpan<char> hex)
    {
        if (hex.Length > 2 * (FixedBytes + (MostChannels * BytesPerChannel)))
        {
            throw Malformed();
        }

        Span<byte> bytes = stackalloc byte[hex.Length / 2];
        return hex.Length % 2 == 0 && Convert.FromHexString(hex, bytes, out _, out _) == System.Buffers.OperationStatus.Done
            ? Decode(bytes)
            : throw Malformed();
    }

    /// <exception cref="PayloadException">They are too few or too many, or end within a channel.</exception>
    public static IReadOnlyList<ChannelValue> Decode(ReadOnlySpan<byte> bytes)
    {
        var (channels, rest) = Math.DivRem(bytes.Length - FixedBytes, BytesPerChannel);
        if (bytes.Length < FixedBytes || rest != 0 || channels > MostChannels)
        {
            throw Malformed();
        }

        var values = new List<ChannelValue>(FixedChannels.Count + channels);
        for (var i = 0; i < FixedChannels.Count; i++)
        {
            values.Add(new ChannelValue(FixedChannels[i], BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..])));
        }

        for (var i = 0; i < channels; i++)
        {
            var thousandths = BinaryPrimitives.ReadInt32LittleEndian(bytes[(FixedBytes + (BytesPerChannel * i))..]);
            values.Add(new ChannelValue(i + 1, thousandths / Thousandths));
        }

        return values;
    }

    private static PayloadException Malformed() =>
        new($"data is {FixedBytes} bytes and then {BytesPerChannel} for each of at most {MostChannels} channels, in hexadecimal.");
}
