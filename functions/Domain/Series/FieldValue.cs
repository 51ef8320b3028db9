namespace Serverless.Domain.Series;

/// <summary>The four types of a field, as in the Influx model.</summary>
public enum FieldType : byte
{
    Float = 1,
    Integer = 2,
    Boolean = 3,
    String = 4,
}

/// <summary>A field's value: a 64-bit float, a 64-bit integer, a boolean or a string. The default value is of no type and is never stored.</summary>
public readonly struct FieldValue : IEquatable<FieldValue>
{
    private readonly long bits;
    private readonly string? text;

    private FieldValue(FieldType type, long bits, string? text)
    {
        Type = type;
        this.bits = bits;
        this.text = text;
    }

    public FieldType Type { get; }

    /// <summary>The value of a <see cref="FieldType.Float"/>; finite.</summary>
    public double Float => BitConverter.Int64BitsToDouble(bits);

    /// <summary>The value of a <see cref="FieldType.Integer"/>.</summary>
    public long Integer => bits;

    /// <summary>The value of a <see cref="FieldType.Boolean"/>.</summary>
    public bool Boolean => bits != 0;

    /// <summary>The value of a <see cref="FieldType.String"/>.</summary>
    public string Text => text ?? "";

    public static FieldValue Of(double value) => new(FieldType.Float, BitConverter.DoubleToInt64Bits(value), null);

    public static FieldValue Of(long value) => new(FieldType.Integer, value, null);

    public static FieldValue Of(bool value) => new(FieldType.Boolean, value ? 1 : 0, null);

    public static FieldValue Of(string value) => new(FieldType.String, 0, value);

    /// <summary>Equal in type and bits: two NaN are equal, 0.0 and -0.0 are not.</summary>
    public bool Equals(FieldValue other) => Type == other.Type && bits == other.bits && text == other.text;

    public override bool Equals(object? obj) => obj is FieldValue other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Type, bits, text);

    public override string ToString() =>
        Type switch
        {
            FieldType.Float => Float.ToString("R"),
            FieldType.Integer => Integer + "i",
            FieldType.Boolean => Boolean ? "true" : "false",
            FieldType.String => Text,
            _ => "",
        };

    public static bool operator ==(FieldValue left, FieldValue right) => left.Equals(right);

    public static bool operator !=(FieldValue left, FieldValue right) => !left.Equals(right);
}
