using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Parsing;

/// <summary>DELETE, DROP SERIES, KILL QUERY.</summary>
internal sealed partial class Parser
{
    /// <summary>delete = [ from ] [ where ], at least one of them</summary>
    public DeleteStatement ParseDelete()
    {
        var (sources, condition) = ParseSelection();
        return new DeleteStatement(sources, condition);
    }

    /// <summary>drop series = [ from ] [ where ], at least one of them</summary>
    public DropSeriesStatement ParseDropSeries()
    {
        var (sources, condition) = ParseSelection();
        return new DropSeriesStatement(sources, condition);
    }

    private (ValueList<Source> Sources, Expr? Condition) ParseSelection()
    {
        var next = ScanSkippingSpace();
        Unscan();
        var sources = ParseOptionalSources();
        foreach (var source in sources.OfType<Measurement>().Reverse())
        {
            if (source.RetentionPolicy is not null || source.Database is not null)
            {
                throw Invalid(source.RetentionPolicy is null ? "database not supported" : "retention policy not supported", default);
            }
        }

        var condition = ParseCondition();
        return sources.Count > 0 || condition is not null ? (sources, condition) : throw Unexpected(next, "FROM", "WHERE");
    }

    /// <summary>kill query = integer [ "ON" identifier ]</summary>
    public KillQueryStatement ParseKillQuery() => new(ParseUnsigned(), ParseOnDatabase());
}
