using System.Text.RegularExpressions;
using Serverless.Domain.Series;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Evaluation;

/// <summary>What the parts of an expression may be.</summary>
internal enum OperandKind : byte
{
    /// <summary>No value at all, for any row.</summary>
    Nothing,
    Float,
    Integer,

    /// <summary>Integers above 2^63 - 1, and what is reckoned with them: the bits of a column of integers.</summary>
    Unsigned,
    Boolean,
    String,
    Regex,
}

/// <summary>The value of a part of an expression: one for each row, or one for all rows.</summary>
internal sealed class Operand
{
    public static readonly Operand Nothing = new();

    /// <summary>A name that no row has a value of, where <see cref="FitsNothing"/>.</summary>
    public static readonly Operand Missing = new() { FitsNothing = true };

    private readonly Column? column;

    private Operand() { }

    private Operand(OperandKind kind, Column column, bool isConstant) => (Kind, this.column, IsConstant) = (kind, column, isConstant);

    public OperandKind Kind { get; }

    /// <summary>The column has one value, which stands for all rows.</summary>
    public bool IsConstant { get; }

    public Regex? Regex { get; private init; }

    /// <summary>Its absent values are those of a field in a condition on a measurement: beside a boolean they do not count as false, but as of a type that does not fit.</summary>
    public bool FitsNothing { get; private init; }

    public Column Column => column!;

    public bool IsNumber => Kind is OperandKind.Float or OperandKind.Integer or OperandKind.Unsigned;

    public static Operand Rows(Column column) => new(KindOf(column.Type), column, isConstant: false);

    public static Operand Field(Column column) => new(KindOf(column.Type), column, isConstant: false) { FitsNothing = true };

    public static Operand Constant(Column single) => new(KindOf(single.Type), single, isConstant: true);

    public static Operand Unsigned(Column bits, bool isConstant) => new(OperandKind.Unsigned, bits, isConstant);

    public static Operand Pattern(Regex regex) =>
        new(OperandKind.Regex, Column.Nothing(FieldType.String, 1), isConstant: true) { Regex = regex };

    /// <summary>A result of the same extent: a constant where both are.</summary>
    public static Operand Like(Operand left, Operand right, Column result) =>
        left.IsConstant && right.IsConstant ? Constant(result) : Rows(result);

    /// <summary>One value for each row.</summary>
    public Column Spread(int count)
    {
        if (!IsConstant)
        {
            return Column;
        }

        var builder = new ColumnBuilder(Column.Type, count);
        for (var i = 0; i < count; i++)
        {
            builder.Add(Column, 0);
        }

        return builder.ToColumn();
    }

    private static OperandKind KindOf(FieldType type) =>
        type switch
        {
            FieldType.Float => OperandKind.Float,
            FieldType.Integer => OperandKind.Integer,
            FieldType.Boolean => OperandKind.Boolean,
            _ => OperandKind.String,
        };
}
