using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Parsing;

/// <summary>What statements read from.</summary>
internal sealed partial class Parser
{
    /// <summary>sources = source { "," source }</summary>
    private ValueList<Source> ParseSources(bool subqueries)
    {
        var sources = new List<Source>();
        do
        {
            sources.Add(ParseSource(subqueries));
        } while (Accept(Token.Comma));

        return [.. sources];
    }

    /// <summary>[ "FROM" sources ], without subqueries.</summary>
    private ValueList<Source> ParseOptionalSources() => Accept(Token.From) ? ParseSources(subqueries: false) : [];

    /// <summary>source = regex | "(" select ")" | segments [ regex ]</summary>
    private Source ParseSource(bool subqueries)
    {
        if (ParseRegex() is { } regex)
        {
            return new Measurement(null, null, "", regex);
        }

        return subqueries && Accept(Token.LeftParen) ? ParseSubQuery() : ParseMeasurement();
    }

    /// <summary>"(" select ")"; the parenthesis is read.</summary>
    private SubQuery ParseSubQuery()
    {
        Expect(Token.Select);
        var statement = ParseSelect(TargetRule.Optional);
        Expect(Token.RightParen);
        return new SubQuery(statement);
    }

    /// <summary>measurement = [ [ database "." [ policy ] "." ] | policy "." ] ( identifier | regex )</summary>
    private Measurement ParseMeasurement()
    {
        var segments = ParseSegments();
        var regex = segments.Count == 3 ? null : ParseRegex();
        if (regex is not null)
        {
            segments.Add("");
        }

        return segments.Count switch
        {
            1 => new Measurement(null, null, segments[0], regex),
            2 => new Measurement(null, NullIfEmpty(segments[0]), segments[1], regex),
            _ => new Measurement(NullIfEmpty(segments[0]), NullIfEmpty(segments[1]), segments[2], regex),
        };
    }
}
