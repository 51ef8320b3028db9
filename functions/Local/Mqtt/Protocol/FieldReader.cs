using System.Buffers;
using System.Text;

namespace Serverless.Local.Mqtt.Protocol;

/// <summary>Reads the fields of a packet's body, strictly: a field that goes beyond the body, or a byte behind the last field, is malformed.</summary>
internal ref struct FieldReader(ReadOnlySequence<byte> body)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private SequenceReader<byte> reader = new(body);

    public readonly bool AtEnd => reader.End;

    public byte ReadByte() => reader.TryRead(out var value) ? value : throw Truncated();

    public ushort ReadUInt16() => reader.TryReadBigEndian(out short value) ? (ushort)value : throw Truncated();

    public ushort ReadPacketId() =>
        ReadUInt16() is var id and not 0 ? id : throw new MqttProtocolException("A packet identifier must not be zero.");

    public ReadOnlySequence<byte> ReadBinary()
    {
        var length = ReadUInt16();
        return reader.TryReadExact(length, out var value) ? value : throw Truncated();
    }

    public string ReadString() => DecodeString(ReadBinary());

    public ReadOnlySequence<byte> ReadRest()
    {
        var rest = reader.UnreadSequence;
        reader.AdvanceToEnd();
        return rest;
    }

    /// <exception cref="MqttProtocolException">There is something behind the last field.</exception>
    public readonly void End()
    {
        if (!reader.End)
        {
            throw new MqttProtocolException("The packet is longer than its fields.");
        }
    }

    /// <summary>Decodes a string that must be valid UTF-8 without U+0000 (MQTT 3.1.1, section 1.5.3).</summary>
    public static string DecodeString(in ReadOnlySequence<byte> bytes)
    {
        string text;
        try
        {
            text = StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new MqttProtocolException("A string is not valid UTF-8.");
        }

        return text.Contains('\0') ? throw new MqttProtocolException("A string holds U+0000.") : text;
    }

    private static MqttProtocolException Truncated() => new("The packet is shorter than its fields.");
}
