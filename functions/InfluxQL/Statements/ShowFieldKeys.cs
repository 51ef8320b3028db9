using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Statements;

/// <summary>SHOW FIELD KEYS: of the retention policies that the sources name, or the default one.</summary>
internal static class ShowFieldKeys
{
    public static async ValueTask ShowFieldKeysAsync(this StatementContext context, ShowFieldKeysStatement show)
    {
        var series = await context.FindSeriesAsync(await context.ScopesAsync(show.Database, show.Sources));
        foreach (var measurement in series.GroupBy(one => one.Info.Measurement).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var fields = measurement
                .SelectMany(one => one.Info.Fields)
                .Distinct()
                .OrderBy(field => field.Name, StringComparer.Ordinal)
                .ThenBy(field => NameOf(field.Type), StringComparer.Ordinal);
            var page = show.Rows.Of([.. fields]);
            if (page.Count > 0)
            {
                await context.TableAsync(
                    Tables.Header(measurement.Key, "fieldKey", "fieldType") with
                    {
                        IsChunked = true,
                    },
                    Tables.Texts(page.Select(field => field.Name)),
                    Tables.Texts(page.Select(field => NameOf(field.Type)))
                );
            }
        }
    }

    private static string NameOf(FieldType type) => type.ToString().ToLowerInvariant();
}
