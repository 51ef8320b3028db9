using System.Text;
using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Printing;

/// <summary>Writes nodes as canonical InfluxQL: the real server's text, but for what that could not read again (see README.md). Passwords are never written.</summary>
public static class Printer
{
    public static string Print(Node node)
    {
        var text = new StringBuilder();
        switch (node)
        {
            case Statement statement:
                text.Statement(statement);
                break;
            case Expr expr:
                text.Expr(expr);
                break;
            case Source source:
                text.Source(source);
                break;
            default:
                text.Clause(node);
                break;
        }

        return text.ToString();
    }

    /// <summary>Statements one a line, with semicolons between them.</summary>
    public static string Print(IEnumerable<Statement> statements) => string.Join(";\n", statements);
}
