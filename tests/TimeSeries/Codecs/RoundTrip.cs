using Serverless.TimeSeries.Codecs;

namespace Serverless.TimeSeries.Tests.Codecs;

internal static class RoundTrip
{
    public static long[] Integers(long[] values)
    {
        var writer = new ByteWriter();
        IntegerCodec.Encode(writer, values);
        var decoded = new long[values.Length];
        var reader = new ByteReader(writer.Written);
        IntegerCodec.Decode(ref reader, decoded);
        Assert.Equal(0, reader.Remaining);
        return decoded;
    }

    public static double[] Floats(double[] values)
    {
        var writer = new ByteWriter();
        FloatCodec.Encode(writer, values);
        var decoded = new double[values.Length];
        var reader = new ByteReader(writer.Written);
        FloatCodec.Decode(ref reader, decoded);
        Assert.Equal(0, reader.Remaining);
        return decoded;
    }

    public static bool[] Booleans(bool[] values)
    {
        var writer = new ByteWriter();
        BooleanCodec.Encode(writer, values);
        var decoded = new bool[values.Length];
        var reader = new ByteReader(writer.Written);
        BooleanCodec.Decode(ref reader, decoded);
        Assert.Equal(0, reader.Remaining);
        return decoded;
    }

    public static string[] Strings(string[] values, bool thorough)
    {
        var writer = new ByteWriter();
        StringCodec.Encode(writer, values, thorough);
        var decoded = new string[values.Length];
        var reader = new ByteReader(writer.Written);
        StringCodec.Decode(ref reader, decoded);
        Assert.Equal(0, reader.Remaining);
        return decoded;
    }
}
