using Serverless.TimeSeries.Codecs;

namespace Serverless.TimeSeries;

/// <summary>What every stored payload has around it: a kind, a version, and a checksum of all before it.</summary>
internal static class Envelope
{
    public const byte Points = (byte)'P';
    public const byte Deletion = (byte)'D';
    public const byte Row = (byte)'R';
    public const byte Manifest = (byte)'M';

    private const byte Version = 1;
    private const int ChecksumSize = 8;

    public static void Open(ByteWriter writer, byte kind)
    {
        writer.Clear();
        writer.Byte(kind);
        writer.Byte(Version);
    }

    public static void Close(ByteWriter writer) => writer.Fixed64(Checksum.Of(writer.Written));

    /// <summary>Verifies a payload.</summary>
    /// <returns>Its kind; <paramref name="reader"/> stands at its body.</returns>
    /// <exception cref="InvalidDataException">The bytes are not what was written, or a later version wrote them.</exception>
    public static byte Read(ReadOnlySpan<byte> payload, out ByteReader reader)
    {
        if (payload.Length < ChecksumSize + 2)
        {
            throw ByteReader.Corrupt("it ends early");
        }

        var sum = new ByteReader(payload[^ChecksumSize..]).Fixed64();
        reader = new ByteReader(payload[..^ChecksumSize]);
        if (Checksum.Of(payload[..^ChecksumSize]) != sum)
        {
            throw ByteReader.Corrupt("its checksum differs");
        }

        var kind = reader.Byte();
        var version = reader.Byte();
        return version == Version ? kind : throw ByteReader.Corrupt($"its version is {version}, and only {Version} is known");
    }

    /// <summary>As <see cref="Read"/>, where only one kind will do.</summary>
    public static ByteReader Expect(ReadOnlySpan<byte> payload, byte kind)
    {
        var found = Read(payload, out var reader);
        return found == kind ? reader : throw ByteReader.Corrupt($"it is of kind {found}, not {kind}");
    }
}
