using System.Globalization;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;
using Serverless.InfluxQL.Values;

namespace Serverless.InfluxQL.Parsing;

/// <summary>Identifiers, strings, numbers and durations, as statements take them.</summary>
internal sealed partial class Parser
{
    /// <summary>identifier = word | '"' … '"'</summary>
    public string ParseIdent()
    {
        var next = ScanSkippingSpace();
        return next.Token == Token.Ident ? next.Literal : throw Unexpected(next, "identifier");
    }

    /// <summary>identifiers = identifier { "," identifier }</summary>
    private ValueList<string> ParseIdents()
    {
        var idents = new List<string> { ParseIdent() };
        while (Accept(Token.Comma))
        {
            idents.Add(ParseIdent());
        }

        return [.. idents];
    }

    /// <summary>segments = identifier { "." [ identifier ] }, at most three; it ends after a full stop before "/" and ":", which the caller reads.</summary>
    private List<string> ParseSegments()
    {
        var segments = new List<string> { ParseIdent() };
        while (true)
        {
            if (Scan().Token != Token.Dot)
            {
                Unscan();
                break;
            }

            var point = tokens.Source.PeekConsumingEnd();
            if (point is '/' or ':')
            {
                break;
            }

            segments.Add(point == '.' ? "" : ParseIdent());
        }

        return segments.Count <= 3 ? segments : throw Invalid($"too many segments in {Printing.Quote.Segments(segments)}", default);
    }

    private string ParseString()
    {
        var next = ScanSkippingSpace();
        return next.Token == Token.String ? next.Literal : throw Unexpected(next, "string");
    }

    /// <summary>strings = string { "," string }</summary>
    private ValueList<string> ParseStrings()
    {
        var strings = new List<string> { ParseString() };
        while (Accept(Token.Comma))
        {
            strings.Add(ParseString());
        }

        return [.. strings];
    }

    /// <summary>A count of at least one, as REPLICATION takes it.</summary>
    private int ParseCount()
    {
        var next = ScanSkippingSpace();
        if (next.Token != Token.Integer)
        {
            throw Unexpected(next, "integer");
        }

        if (!long.TryParse(next.Literal, NumberStyles.AllowLeadingSign, null, out var number))
        {
            throw Invalid(GoNumbers.OutOfRange("Atoi", next.Literal), next.Position);
        }

        return number is >= 1 and <= int.MaxValue
            ? (int)number
            : throw Invalid($"invalid value {number}: must be 1 <= n <= {int.MaxValue}", next.Position);
    }

    public ulong ParseUnsigned()
    {
        var next = ScanSkippingSpace();
        if (next.Token != Token.Integer)
        {
            throw Unexpected(next, "integer");
        }

        if (ulong.TryParse(next.Literal, NumberStyles.None, null, out var number))
        {
            return number;
        }

        throw Invalid(
            next.Literal.StartsWith('-') ? GoNumbers.Malformed("ParseUint", next.Literal) : GoNumbers.OutOfRange("ParseUint", next.Literal),
            next.Position
        );
    }

    /// <summary>duration = duration literal | "INF"; the latter is 0.</summary>
    private long ParseDuration()
    {
        var next = ScanSkippingSpace();
        if (next.Token == Token.Inf)
        {
            return 0;
        }

        return next.Token == Token.DurationValue ? DurationOf(next) : throw Unexpected(next, "duration");
    }

    private static long DurationOf(Lexeme lexeme) =>
        DurationText.TryParse(lexeme.Literal, out var nanoseconds, out var error) ? nanoseconds : throw Invalid(error, lexeme.Position);

    /// <summary>[ "ON" identifier ]; an empty identifier is as none.</summary>
    private string? ParseOnDatabase() => Accept(Token.On) ? NullIfEmpty(ParseIdent()) : null;

    /// <summary>"ON" identifier</summary>
    private string ExpectOnDatabase()
    {
        Expect(Token.On);
        return ParseIdent();
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
