using Serverless.Domain.Series;
using Serverless.TimeSeries.Codecs;

namespace Serverless.TimeSeries.Columns;

internal sealed class FloatValues : ColumnValues<double>
{
    public override FieldType Type => FieldType.Float;

    public override FieldValue this[int index] => FieldValue.Of(Span[index]);

    public override void Add(FieldValue value) => Add(value.Float);

    public override void Encode(ByteWriter writer, int start, int count, bool thorough) =>
        FloatCodec.Encode(writer, Span.Slice(start, count), thorough);

    public override void Decode(ref ByteReader reader, int count) => FloatCodec.Decode(ref reader, Extend(count));
}

internal sealed class IntegerValues : ColumnValues<long>
{
    public override FieldType Type => FieldType.Integer;

    public override FieldValue this[int index] => FieldValue.Of(Span[index]);

    public override void Add(FieldValue value) => Add(value.Integer);

    public override void Encode(ByteWriter writer, int start, int count, bool thorough) =>
        IntegerCodec.Encode(writer, Span.Slice(start, count), thorough);

    public override void Decode(ref ByteReader reader, int count) => IntegerCodec.Decode(ref reader, Extend(count));
}

internal sealed class BooleanValues : ColumnValues<bool>
{
    public override FieldType Type => FieldType.Boolean;

    public override FieldValue this[int index] => FieldValue.Of(Span[index]);

    public override void Add(FieldValue value) => Add(value.Boolean);

    public override void Encode(ByteWriter writer, int start, int count, bool thorough) =>
        BooleanCodec.Encode(writer, Span.Slice(start, count));

    public override void Decode(ref ByteReader reader, int count) => BooleanCodec.Decode(ref reader, Extend(count));
}

internal sealed class StringValues : ColumnValues<string>
{
    public override FieldType Type => FieldType.String;

    public override FieldValue this[int index] => FieldValue.Of(Span[index]);

    public override void Add(FieldValue value) => Add(value.Text);

    public override void Encode(ByteWriter writer, int start, int count, bool thorough) =>
        StringCodec.Encode(writer, Span.Slice(start, count), thorough);

    public override void Decode(ref ByteReader reader, int count) => StringCodec.Decode(ref reader, Extend(count));

    public override long TextBytes(int start, int count)
    {
        var bytes = 0L;
        foreach (var text in Span.Slice(start, count))
        {
            bytes += 24 + (2 * text.Length);
        }

        return bytes;
    }
}
