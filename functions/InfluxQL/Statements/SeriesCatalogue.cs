using Serverless.Domain.Tenants;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Regexes;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Statements;

/// <summary>A series in one of a database's retention policies.</summary>
internal readonly record struct FoundSeries(RetentionPolicy Policy, SeriesInfo Info);

/// <summary>Finds the series of databases.</summary>
internal static class SeriesCatalogue
{
    /// <summary>The series of all policies of a database as they are listed, by measurement; a series of two policies comes twice.</summary>
    public static async ValueTask<IReadOnlyList<FoundSeries>> FindSeriesAsync(
        this StatementContext context,
        Database database,
        Func<string, bool> isWanted
    )
    {
        var found = new List<FoundSeries>();
        foreach (var policy in database.Policies)
        {
            found.AddRange((await context.FindSeriesAsync(policy, isWanted)).Select(series => new FoundSeries(policy, series)));
        }

        return [.. found.OrderBy(series => series.Info.Measurement, StringComparer.Ordinal)];
    }

    /// <summary>The series of one policy as they are listed, by measurement.</summary>
    public static async ValueTask<IEnumerable<SeriesInfo>> FindSeriesAsync(
        this StatementContext context,
        RetentionPolicy policy,
        Func<string, bool> isWanted
    )
    {
        var series = await context.Series.FindSeriesAsync(context.Tenant, policy.Partition, null, null, context.Cancellation);
        return series.SelectMany(found => DeviceNames.Listed(policy, found, isWanted));
    }

    /// <summary>A test of whether one of the sources names a measurement; for no sources all do.</summary>
    public static Func<string, bool> NameTest(IEnumerable<Source> sources)
    {
        var tests = sources.OfType<Measurement>().Select(NameTest).ToList();
        return name => tests.Count == 0 || tests.Exists(test => test(name));
    }

    public static Func<string, bool> NameTest(Measurement source)
    {
        if (source.Regex is null)
        {
            return name => name == source.Name;
        }

        var regex = RegexSyntax.ToRegex(source.Regex.Pattern);
        return regex.IsMatch;
    }
}
