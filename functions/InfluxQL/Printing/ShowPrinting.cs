using System.Text;
using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Printing;

/// <summary>Prints SHOW.</summary>
internal static class ShowPrinting
{
    /// <summary>Prints the statement if it is a SHOW; else returns null.</summary>
    public static StringBuilder? Show(this StringBuilder text, Statement statement) =>
        statement switch
        {
            ShowStatement show => text.Append("SHOW ").Append(WordsOf(show.Kind)),
            ShowGrantsStatement show => text.Words("SHOW GRANTS FOR ", show.User),
            ShowRetentionPoliciesStatement show => text.Append("SHOW RETENTION POLICIES").On(show.Database),
            ShowStatsStatement show => text.Append("SHOW STATS").Module(show.Module),
            ShowDiagnosticsStatement show => text.Append("SHOW DIAGNOSTICS").Module(show.Module),
            ShowMeasurementsStatement show => text.Append("SHOW MEASUREMENTS")
                .On(show.Database)
                .WithMeasurement(show.Source)
                .Where(show.Condition)
                .OrderBy(show.Sort)
                .Rows(show.Rows),
            ShowSeriesStatement show => text.Append("SHOW SERIES")
                .On(show.Database)
                .From(show.Sources)
                .Where(show.Condition)
                .OrderBy(show.Sort)
                .Rows(show.Rows),
            ShowTagKeysStatement show => text.Append("SHOW TAG KEYS")
                .On(show.Database)
                .From(show.Sources)
                .Where(show.Condition)
                .OrderBy(show.Sort)
                .Rows(show.Rows)
                .Series(show.Series),
            ShowTagValuesStatement show => text.Append("SHOW TAG VALUES")
                .On(show.Database)
                .From(show.Sources)
                .WithKey(show.Keys)
                .Where(show.Condition)
                .OrderBy(show.Sort)
                .Rows(show.Rows),
            ShowFieldKeysStatement show => text.Append("SHOW FIELD KEYS")
                .On(show.Database)
                .From(show.Sources)
                .OrderBy(show.Sort)
                .Rows(show.Rows),
            ShowCardinalityStatement show => text.Cardinality(show),
            _ => null,
        };

    private static StringBuilder Cardinality(this StringBuilder text, ShowCardinalityStatement show) =>
        text.Append("SHOW ")
            .Append(WordsOf(show.Kind))
            .Append(show.Exact ? " EXACT CARDINALITY" : " CARDINALITY")
            .On(show.Database)
            .From(show.Sources)
            .WithKey(show.Keys)
            .Where(show.Condition)
            .GroupBy(show.Dimensions)
            .Rows(show.Rows);

    private static StringBuilder WithMeasurement(this StringBuilder text, Measurement? source) =>
        source is null ? text : text.Append(source.Regex is null ? " WITH MEASUREMENT = " : " WITH MEASUREMENT =~ ").Source(source);

    private static StringBuilder WithKey(this StringBuilder text, TagKeyFilter? keys) =>
        keys is null ? text : text.Append(" WITH KEY ").TagKeys(keys);

    private static StringBuilder Module(this StringBuilder text, string? module) =>
        module is null ? text : text.Append(" FOR ").Append(Quote.String(module));

    private static string WordsOf(ShowKind kind) =>
        kind switch
        {
            ShowKind.ContinuousQueries => "CONTINUOUS QUERIES",
            ShowKind.ShardGroups => "SHARD GROUPS",
            _ => kind.ToString().ToUpperInvariant(),
        };

    private static string WordsOf(CardinalityKind kind) =>
        kind switch
        {
            CardinalityKind.TagKey => "TAG KEY",
            CardinalityKind.TagValues => "TAG VALUES",
            CardinalityKind.FieldKey => "FIELD KEY",
            _ => kind.ToString().ToUpperInvariant(),
        };
}
