using System.Text;
using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Printing;

/// <summary>Prints statements; SHOW and what administers are in the files beside.</summary>
internal static class StatementPrinting
{
    public static StringBuilder Statement(this StringBuilder text, Statement statement) =>
        statement switch
        {
            SelectStatement select => text.Select(select),
            ExplainStatement explain => text.Append(explain.Analyze ? "EXPLAIN ANALYZE " : "EXPLAIN ").Select(explain.Statement),
            DeleteStatement delete => text.Append("DELETE").From(delete.Sources).Where(delete.Condition),
            DropSeriesStatement drop => text.Append("DROP SERIES").From(drop.Sources).Where(drop.Condition),
            DropMeasurementStatement drop => text.Words("DROP MEASUREMENT ", drop.Name),
            DropShardStatement drop => text.Append("DROP SHARD ").Append(drop.Id),
            KillQueryStatement kill => text.Append("KILL QUERY ").Append(kill.Id).On(kill.Host),
            _ => text.Show(statement) ?? text.Database(statement) ?? text.User(statement) ?? throw Unknown(statement),
        };

    /// <summary>Words and names in turn.</summary>
    public static StringBuilder Words(this StringBuilder text, params ReadOnlySpan<string> wordsAndNames)
    {
        for (var i = 0; i < wordsAndNames.Length; i++)
        {
            text.Append(i % 2 == 0 ? wordsAndNames[i] : Quote.Ident(wordsAndNames[i]));
        }

        return text;
    }

    private static StringBuilder Select(this StringBuilder text, SelectStatement select)
    {
        text.Append("SELECT ").Joined(select.Fields, ClausePrinting.Field);
        if (select.Target is not null)
        {
            text.Append(" INTO ").Target(select.Target);
        }

        text.From(select.Sources).Where(select.Condition).GroupBy(select.Dimensions).Fill(select.Fill);
        text.OrderBy(select.Sort).Rows(select.Rows).Series(select.Series);
        return select.TimeZone is null ? text : text.Append(" TZ(").Append(Quote.String(select.TimeZone)).Append(')');
    }

    private static ArgumentException Unknown(Statement statement) =>
        new($"There is no text for {statement.GetType().Name}.", nameof(statement));
}
