using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Planning;

/// <summary>Which type stands where sources disagree, and what types are called.</summary>
internal static class DataTypes
{
    /// <summary>The type as error texts name it.</summary>
    public static string NameOf(DataType type) =>
        type switch
        {
            DataType.AnyField => "field",
            _ => type.ToString().ToLowerInvariant(),
        };

    /// <summary>Whether the other type takes the place of this one: float goes before integer, string, boolean and tag; anything before unknown.</summary>
    public static bool YieldsTo(this DataType type, DataType other) =>
        type switch
        {
            DataType.Unknown => true,
            DataType.Unsigned => other is DataType.Float or DataType.Integer,
            _ when other == DataType.Unsigned => type >= DataType.String,
            _ => other != DataType.Unknown && other < type,
        };

    public static DataType Of(FieldType type) =>
        type switch
        {
            FieldType.Float => DataType.Float,
            FieldType.Integer => DataType.Integer,
            FieldType.Boolean => DataType.Boolean,
            _ => DataType.String,
        };

    /// <summary>What values of the type are; a tag's are strings. Null for a type that no value has.</summary>
    public static FieldType? ToFieldType(this DataType type) =>
        type switch
        {
            DataType.Float => FieldType.Float,
            DataType.Integer => FieldType.Integer,
            DataType.Boolean => FieldType.Boolean,
            DataType.String or DataType.Tag => FieldType.String,
            _ => null,
        };
}
