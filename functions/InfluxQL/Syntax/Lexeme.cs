using System.Runtime.InteropServices;

namespace Serverless.InfluxQL.Syntax;

/// <summary>A place in a query, both numbers from zero; characters are Unicode code points, and a carriage return with its line feed is one.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Position(int Line, int Char)
{
    /// <summary>As error texts name it, from one.</summary>
    public override string ToString() => $"at line {Line + 1}, char {Char + 1}";
}

/// <summary>A token where it stands, with its text where the token alone does not give it.</summary>
internal readonly record struct Lexeme(Token Token, Position Position, string Literal)
{
    /// <summary>What an error text says was found.</summary>
    public string Found => Literal.Length > 0 ? Literal : Token.Text();
}
