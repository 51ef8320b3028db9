using System.Text;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Planning;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Statements;

/// <summary>SHOW SERIES: of all retention policies of a database; with a condition on time, of the policy that the source names only.</summary>
internal static class ShowSeries
{
    public static async ValueTask ShowSeriesAsync(this StatementContext context, ShowSeriesStatement show)
    {
        var hasTime = show.Condition.HasTime();
        if (!hasTime)
        {
            TagCondition.CheckOperators(show.Condition);
        }

        var (condition, range) = new TimeConditions(null, context.Now).Split(show.Condition);
        var found = new HashSet<SeriesKey>();
        foreach (var source in await context.ScopesAsync(show.Database, show.Sources))
        {
            var series = await context.FindSeriesAsync(source.Database, source.IsWanted);
            var points = hasTime ? PointComparison.Fails : PointComparison.Passes;
            var tags = new TagCondition(condition, series.Select(one => one.Info), points);
            found.UnionWith(
                series
                    .Where(one => !hasTime || (one.Policy == source.Policy && ShardTimes.Overlaps(one.Info, one.Policy, range)))
                    .Where(one => tags.Matches(one.Info))
                    .Select(one => new SeriesKey(one.Info.Measurement, one.Info.Tags))
            );
        }

        var keys = found
            .OrderBy(key => key.Measurement, StringComparer.Ordinal)
            .Select(key => (key.Measurement, Text: TextOf(key)))
            .OrderBy(key => key.Measurement, StringComparer.Ordinal)
            .ThenBy(key => key.Text, StringComparer.Ordinal)
            .Select(key => key.Text);
        var page = show.Rows.Of([.. keys]);
        if (page.Count > 0)
        {
            await context.TableAsync(Tables.Header(null, "key") with { IsChunked = true }, Tables.Texts(page));
        }
    }

    /// <summary>The key as line protocol writes it.</summary>
    private static string TextOf(SeriesKey key)
    {
        var text = new StringBuilder();
        Append(text, key.Measurement, ", ");
        foreach (var (name, value) in key.Tags.Tags)
        {
            Append(text.Append(','), name, ",= ");
            Append(text.Append('='), value, ",= ");
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string part, string escaped)
    {
        foreach (var c in part)
        {
            (escaped.Contains(c) ? text.Append('\\') : text).Append(c);
        }
    }
}
