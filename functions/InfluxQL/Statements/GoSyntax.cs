using System.Globalization;
using System.Text;
using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Statements;

/// <summary>Expressions as Go's %#v shows them, which is how the real server says that one is no condition.</summary>
internal static class GoSyntax
{
    public static string Of(Expr expr) =>
        expr switch
        {
            VarRef name => $"&influxql.VarRef{{Val:{Quoted(name.Name)}, Type:{(int)name.Type}}}",
            BooleanLiteral { Value: true } => Literal(expr, "true"),
            BooleanLiteral => Literal(expr, "false"),
            IntegerLiteral integer => Literal(expr, integer.Value.ToString(CultureInfo.InvariantCulture)),
            UnsignedLiteral unsigned => Literal(expr, $"0x{unsigned.Value:x}"),
            NumberLiteral number => Literal(expr, number.Value.ToString("R", CultureInfo.InvariantCulture)),
            DurationLiteral duration => Literal(expr, duration.Nanoseconds.ToString(CultureInfo.InvariantCulture)),
            StringLiteral text => Literal(expr, Quoted(text.Value)),
            _ => expr.ToString(),
        };

    private static string Literal(Expr expr, string value) => $"&influxql.{expr.GetType().Name}{{Val:{value}}}";

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(
                c switch
                {
                    '"' => "\\\"",
                    '\\' => "\\\\",
                    '\n' => "\\n",
                    '\t' => "\\t",
                    _ => c.ToString(),
                }
            );
        }

        return quoted.Append('"').ToString();
    }
}
