using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;
using Serverless.InfluxQL.Values;

namespace Serverless.InfluxQL.Parsing;

/// <summary>Continuous queries.</summary>
internal sealed partial class Parser
{
    /// <summary>create continuous query = identifier on [ resample ] "BEGIN" select "END"; the select has INTO and, if it aggregates, GROUP BY time.</summary>
    public CreateContinuousQueryStatement ParseCreateContinuousQuery()
    {
        var name = ParseIdent();
        var database = ExpectOnDatabase();
        var (every, lasting) = Accept(Token.Resample) ? ParseResample() : (0, 0);
        Expect(Token.Begin, Token.Select);
        var source = ParseSelect(TargetRule.Required);
        var interval = CheckInterval(source);
        Expect(Token.End);
        interval = lasting != 0 ? Math.Max(interval, every) : interval;
        if (lasting != 0 && interval > lasting)
        {
            throw new InfluxSyntaxException(
                "FOR duration must be >= GROUP BY time duration: must be a minimum of "
                    + $"{DurationText.Format(interval)}, got {DurationText.Format(lasting)}"
            );
        }

        return new CreateContinuousQueryStatement(name, database, every, lasting, source);
    }

    /// <summary>resample = "RESAMPLE" [ "EVERY" duration ] [ "FOR" duration ], at least one of them; the first word is read.</summary>
    private (long Every, long For) ParseResample()
    {
        var every = ParseResampleDuration(Token.Every);
        var lasting = ParseResampleDuration(Token.For);
        return every != 0 || lasting != 0 ? (every, lasting) : throw Unexpected(ScanSkippingSpace(), "EVERY", "FOR");
    }

    private long ParseResampleDuration(Token word)
    {
        if (!Accept(word))
        {
            return 0;
        }

        var next = ScanSkippingSpace();
        return next.Token == Token.DurationValue ? DurationOf(next) : throw Unexpected(next, "duration");
    }

    /// <summary>The interval of GROUP BY time, or 0 where there is none; without one a query that aggregates is refused at the token before the next.</summary>
    private long CheckInterval(SelectStatement source)
    {
        var interval = FindInterval(source, out var error);
        if (source.IsRaw)
        {
            return error is null ? interval : throw new InfluxSyntaxException(error);
        }

        if (interval != 0 && error is null)
        {
            return interval;
        }

        Unscan();
        Unscan();
        var next = ScanSkippingSpace();
        throw error is null ? Unexpected(next, "GROUP BY time(...)") : Unexpected(next, "GROUP BY time(...)", error);
    }

    private static long FindInterval(SelectStatement source, out string? error)
    {
        error = null;
        var time = source.Dimensions.Select(dimension => dimension.Expr).OfType<Call>().FirstOrDefault(call => call.Name == "time");
        switch (time?.Arguments)
        {
            case null:
                return 0;
            case { Count: not (1 or 2) }:
                error = "time dimension expected 1 or 2 arguments";
                return 0;
            case [DurationLiteral { Nanoseconds: var interval }, ..]:
                return interval;
            default:
                error = "time dimension must have duration argument";
                return 0;
        }
    }

    /// <summary>drop continuous query = identifier on</summary>
    public DropContinuousQueryStatement ParseDropContinuousQuery() => new(ParseIdent(), ExpectOnDatabase());
}
