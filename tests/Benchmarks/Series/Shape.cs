using Serverless.Domain.Series;
using Serverless.TimeSeries.Codecs;
using Serverless.TimeSeries.Columns;

namespace Serverless.Benchmarks.Series;

/// <summary>One block of values such as devices send, and its encoding.</summary>
public sealed class Shape
{
    /// <summary>Values of a block.</summary>
    public const int Count = 4096;

    private const long Second = 1_000_000_000;
    private const long Start = 1_700_000_000 * Second;

    private readonly ColumnValues values;
    private readonly ByteWriter writer = new();
    private readonly long[] integers = new long[Count];
    private readonly double[] floats = new double[Count];
    private readonly bool[] booleans = new bool[Count];
    private readonly string[] strings = new string[Count];

    private Shape(string name, ColumnValues values)
    {
        (Name, this.values) = (name, values);
        Encode();
    }

    public string Name { get; }

    public double BytesPerValue => (double)writer.Length / Count;

    /// <summary>The shapes, the same in every run.</summary>
    public static IReadOnlyList<Shape> All()
    {
        var random = new Random(20_260_101);
        var (walk, precise, state) = (2150, 21.5, false);
        string[] words = ["idle", "running", "fault", "maintenance"];
        return
        [
            Of("two-decimal walk", FieldType.Float, _ => FieldValue.Of((walk += random.Next(-100, 101)) / 100.0)),
            Of("small integers", FieldType.Integer, _ => FieldValue.Of((long)random.Next(8))),
            Of("full precision", FieldType.Float, _ => FieldValue.Of(precise += random.NextDouble() - 0.5)),
            Of("regular times", FieldType.Integer, i => FieldValue.Of(Start + (i * 10 * Second))),
            Of("jittered times", FieldType.Integer, i => FieldValue.Of(Start + (i * 10 * Second) + (random.Next(100) * 1_000_000L))),
            Of("booleans", FieldType.Boolean, _ => FieldValue.Of(state ^= random.Next(20) == 0)),
            Of("states as words", FieldType.String, _ => FieldValue.Of(words[random.Next(4)])),
        ];
    }

    /// <summary>Encodes the block; the bytes stay in a buffer that is used again.</summary>
    public int Encode()
    {
        writer.Clear();
        values.Encode(writer, 0, Count, thorough: true);
        return writer.Length;
    }

    /// <summary>Decodes the block into arrays that are used again.</summary>
    public void Decode()
    {
        var reader = new ByteReader(writer.Written);
        switch (values.Type)
        {
            case FieldType.Float:
                FloatCodec.Decode(ref reader, floats);
                break;
            case FieldType.Integer:
                IntegerCodec.Decode(ref reader, integers);
                break;
            case FieldType.Boolean:
                BooleanCodec.Decode(ref reader, booleans);
                break;
            default:
                StringCodec.Decode(ref reader, strings);
                break;
        }
    }

    public override string ToString() => Name;

    private static Shape Of(string name, FieldType type, Func<int, FieldValue> next)
    {
        var column = ColumnValues.Of(type);
        for (var i = 0; i < Count; i++)
        {
            column.Add(next(i));
        }

        return new Shape(name, column);
    }
}
