using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Tests.Evaluation;

/// <summary>Five rows of fields and tags, with gaps, on which the real server's answers were recorded.</summary>
internal static class Rows
{
    public const int Count = 5;

    /// <summary>The rows' tags; "" where there is none.</summary>
    public static readonly string[] Hosts = ["a", "a", "b", "", "a"];

    public static readonly string[] Groups = ["a", "b", "", "z", ""];

    public static Column? Find(string name) =>
        name switch
        {
            "f" => Column.Of(new[] { 1.5, 0, -7.25, 4, 2.5 }),
            "i" => Column.Of(new[] { 3L, 0, -9, 7, 5 }),
            "b" => Column.Of(new[] { true, false, true, false, false }, new[] { false, false, false, true, true }),
            "s" => Column.Of(new[] { "a", "b", "3", "", "A" }, new[] { false, false, false, true, false }),
            _ => null,
        };

    /// <summary>What a name is for a row: a tag where it is one, or where it is no field.</summary>
    public static Literal? Known(VarRef name, int row) =>
        name.Type == DataType.Tag || Find(name.Name) is null
            ? new StringLiteral(
                name.Name switch
                {
                    "h" => Hosts[row],
                    "g" => Groups[row],
                    _ => "",
                }
            )
            : null;

    public static Expr Condition(string text) => ((SelectStatement)InfluxQuery.Parse($"SELECT f FROM w WHERE {text}").Single()).Condition!;

    public static Expr Field(string text) => ((SelectStatement)InfluxQuery.Parse($"SELECT {text} FROM w").Single()).Fields[0].Expr;
}
