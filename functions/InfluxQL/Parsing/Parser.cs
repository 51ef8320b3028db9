using System.Diagnostics.CodeAnalysis;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;
using Serverless.InfluxQL.Values;

namespace Serverless.InfluxQL.Parsing;

/// <summary>A recursive descent parser: a production is a method with its grammar above it. This file holds the query itself and what all productions share.</summary>
internal sealed partial class Parser
{
    private readonly TokenBuffer tokens;
    private readonly QueryParameters parameters;
    private readonly ParserLimits limits;
    private int depth;

    public Parser(string text, QueryParameters? parameters, ParserLimits? limits)
    {
        this.limits = limits ?? ParserLimits.Default;
        this.parameters = parameters ?? QueryParameters.None;
        if (text.Length > this.limits.MaxLength)
        {
            throw new InfluxSyntaxException($"query too long: {text.Length} characters, at most {this.limits.MaxLength}");
        }

        tokens = new TokenBuffer(new Scanner(text));
    }

    /// <summary>query = statement { ";" statement }; statements may be empty.</summary>
    public ValueList<Statement> ParseQuery()
    {
        var statements = new List<Statement>();
        var separated = true;
        while (true)
        {
            var next = ScanSkippingSpace();
            if (next.Token == Token.Eof)
            {
                return [.. statements];
            }

            if (next.Token == Token.Semicolon)
            {
                separated = true;
                continue;
            }

            if (!separated)
            {
                throw Unexpected(next, ";");
            }

            tokens.Unscan();
            statements.Add(ParseStatement());
            separated = false;
        }
    }

    /// <summary>The statement that the next words begin.</summary>
    private Statement ParseStatement()
    {
        var words = StatementWords.Root;
        while (true)
        {
            var next = ScanSkippingSpace();
            if (!words.TryStep(next.Token, out var parse, out var following))
            {
                throw Unexpected(next, words.Expected);
            }

            if (parse is not null)
            {
                return parse(this);
            }

            words = following!;
        }
    }

    /// <summary>The next token. A bound parameter with a value is that value.</summary>
    private Lexeme Scan() => Substitute(tokens.Scan());

    private Lexeme ScanRegex() => Substitute(tokens.ScanRegex());

    private Lexeme Substitute(Lexeme lexeme) =>
        lexeme.Token == Token.BoundParam && parameters.TryGet(lexeme.Literal[1..], out var value)
            ? lexeme with
            {
                Token = value.Token,
                Literal = value.Literal,
            }
            : lexeme;

    private Lexeme ScanSkippingSpace()
    {
        while (true)
        {
            var lexeme = Scan();
            if (lexeme.Token is not (Token.Whitespace or Token.Comment))
            {
                return lexeme;
            }
        }
    }

    private void Unscan() => tokens.Unscan();

    /// <summary>Consumes the token if it is the next but for space.</summary>
    private bool Accept(Token token)
    {
        if (ScanSkippingSpace().Token == token)
        {
            return true;
        }

        Unscan();
        return false;
    }

    private void Expect(params ReadOnlySpan<Token> sequence)
    {
        foreach (var token in sequence)
        {
            var next = ScanSkippingSpace();
            if (next.Token != token)
            {
                throw Unexpected(next, token.Text());
            }
        }
    }

    private void SkipSpace()
    {
        if (Scan().Token != Token.Whitespace)
        {
            Unscan();
        }
    }

    /// <summary>Counts a level of nesting until it is disposed of.</summary>
    private Level Enter()
    {
        if (depth >= limits.MaxDepth)
        {
            throw new InfluxSyntaxException($"query nested too deeply: at most {limits.MaxDepth} levels {tokens.Source.CurrentPosition}");
        }

        depth++;
        return new Level(this);
    }

    private static InfluxSyntaxException Unexpected(Lexeme found, params ReadOnlySpan<string> expected) =>
        new($"found {found.Found}, expected {string.Join(", ", expected!)} {found.Position}");

    private static InfluxSyntaxException Invalid(string message, Position position) => new($"{message} {position}");

    [SuppressMessage("Performance", "CA1815", Justification = "It is only disposed of.")]
    private readonly ref struct Level(Parser parser)
    {
        public void Dispose() => parser.depth--;
    }
}
