using System.Buffers.Binary;
using System.Text;
using Serverless.Domain.Series;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Results;

/// <summary>Writes MessagePack, each value in the fewest bytes that msgp (the real server's library) chooses: integers are signed.</summary>
internal static class MessagePackText
{
    private const byte TimeExtension = 5;
    private const long Second = 1_000_000_000;

    public static void WriteError(ByteBuffer output, string message)
    {
        WriteMap(output, 1);
        WriteString(output, "error");
        WriteString(output, message);
    }

    public static void WriteMap(ByteBuffer output, int count) => WriteCount(output, count, 0x80, 0xde);

    public static void WriteArray(ByteBuffer output, int count) => WriteCount(output, count, 0x90, 0xdc);

    public static void WriteString(ByteBuffer output, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        switch (length)
        {
            case < 32:
                output.Write((byte)(0xa0 | length));
                break;
            case <= byte.MaxValue:
                output.Write((byte)0xd9);
                output.Write((byte)length);
                break;
            case <= ushort.MaxValue:
                output.Write((byte)0xda);
                Write16(output, (ushort)length);
                break;
            default:
                output.Write((byte)0xdb);
                Write32(output, (uint)length);
                break;
        }

        GoText.WriteUtf8(output, text);
    }

    public static void WriteTrue(ByteBuffer output) => output.Write((byte)0xc3);

    public static void WriteInteger(ByteBuffer output, long value)
    {
        switch (value)
        {
            case >= -32 and <= sbyte.MaxValue:
                output.Write((byte)value);
                break;
            case >= sbyte.MinValue and < 0:
                output.Write((byte)0xd0);
                output.Write((byte)value);
                break;
            case >= short.MinValue and <= short.MaxValue:
                output.Write((byte)0xd1);
                Write16(output, (ushort)value);
                break;
            case >= int.MinValue and <= int.MaxValue:
                output.Write((byte)0xd2);
                Write32(output, (uint)value);
                break;
            default:
                output.Write((byte)0xd3);
                Write64(output, value);
                break;
        }
    }

    /// <summary>Writes a time: extension 5 with seconds (64 bits) and nanoseconds (32 bits).</summary>
    public static void WriteTime(ByteBuffer output, long time)
    {
        var seconds = Math.DivRem(time, Second, out var fraction);
        if (fraction < 0)
        {
            (seconds, fraction) = (seconds - 1, fraction + Second);
        }

        output.Write([0xc7, 12, TimeExtension]);
        Write64(output, seconds);
        Write32(output, (uint)fraction);
    }

    public static void WriteCell(ByteBuffer output, Column column, int row)
    {
        if (column.IsAbsent(row) && column.Instead is { } instead)
        {
            WriteCell(output, instead, 0);
            return;
        }

        if (column.IsAbsent(row) || (column.Type == FieldType.Float && double.IsNaN(column.Floats[row])))
        {
            output.Write((byte)0xc0);
            return;
        }

        switch (column.Type)
        {
            case FieldType.Float:
                output.Write((byte)0xcb);
                Write64(output, BitConverter.DoubleToInt64Bits(column.Floats[row]));
                break;
            case FieldType.Integer:
                WriteInteger(output, column.Integers[row]);
                break;
            case FieldType.Boolean:
                output.Write(column.Booleans[row] ? (byte)0xc3 : (byte)0xc2);
                break;
            default:
                WriteString(output, column.Strings[row]);
                break;
        }
    }

    private static void WriteCount(ByteBuffer output, int count, byte few, byte many)
    {
        switch (count)
        {
            case < 16:
                output.Write((byte)(few | count));
                break;
            case <= ushort.MaxValue:
                output.Write(many);
                Write16(output, (ushort)count);
                break;
            default:
                output.Write((byte)(many + 1));
                Write32(output, (uint)count);
                break;
        }
    }

    private static void Write16(ByteBuffer output, ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(output.Reserve(2), value);
        output.Advance(2);
    }

    private static void Write32(ByteBuffer output, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(output.Reserve(4), value);
        output.Advance(4);
    }

    private static void Write64(ByteBuffer output, long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(output.Reserve(8), value);
        output.Advance(8);
    }
}
