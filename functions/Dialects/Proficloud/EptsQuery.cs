using Microsoft.AspNetCore.Http;
using Serverless.Domain;
using Serverless.Domain.Time;

namespace Serverless.Dialects.Proficloud;

/// <summary>The parameters of /epts/last and /epts/data.</summary>
/// <param name="Uuids">The devices asked for, as the caller wrote them.</param>
/// <param name="Series">The time series asked for.</param>
internal sealed record EptsQuery(IReadOnlyList<string> Uuids, IReadOnlyList<string> Series)
{
    // A product of the two lists is read; beyond this a caller has made a mistake.
    private const int MostPairs = 10_000;

    /// <exception cref="DomainException">A parameter is missing or wrong.</exception>
    public static EptsQuery Read(IQueryCollection query)
    {
        var uuids = List(query, "uuid");
        var series = List(query, "timeSeriesName");
        if (uuids.FirstOrDefault(uuid => !Guid.TryParse(uuid, out _)) is { } bad)
        {
            throw DomainException.Invalid("uuid", $"The parameter uuid has '{Shortened(bad)}', which is no UUID.");
        }

        return (long)uuids.Count * series.Count > MostPairs
            ? throw DomainException.Invalid("uuid", $"At most {MostPairs} pairs of uuid and timeSeriesName are read at once.")
            : new EptsQuery(uuids, series);
    }

    /// <summary>Lists are comma separated; a parameter that comes several times is one list.</summary>
    private static List<string> List(IQueryCollection query, string name)
    {
        var list = query[name]
            .SelectMany(value => value!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return list.Count > 0 ? list : throw DomainException.Invalid(name, $"The parameter {name} is missing.");
    }

    internal static string Shortened(string text) => text.Length <= 64 ? text : text[..64] + "…";
}

/// <summary>The range of /epts/data: from inclusive, to exclusive, unless includeTime says otherwise.</summary>
/// <param name="From">Nanoseconds since 1970, inclusive.</param>
/// <param name="To">Nanoseconds since 1970, exclusive.</param>
/// <param name="Descending">Newest first.</param>
internal readonly record struct EptsRange(long From, long To, bool Descending)
{
    /// <exception cref="DomainException">A parameter is missing or wrong.</exception>
    public static EptsRange Read(IQueryCollection query)
    {
        var (from, to) = (Time(query, "fromDate"), Time(query, "toDate"));
        var descending = query["sort"].ToString().ToUpperInvariant() switch
        {
            "" or "ASC" => false,
            "DESC" => true,
            var other => throw DomainException.Invalid("sort", $"The parameter sort is ASC or DESC, not '{EptsQuery.Shortened(other)}'."),
        };
        var (includeFrom, includeTo) = query["includeTime"].ToString() switch
        {
            "" or "from" => (true, false),
            "to" => (false, true),
            "both" => (true, true),
            "none" => (false, false),
            var other => throw DomainException.Invalid(
                "includeTime",
                $"The parameter includeTime is from, to, both or none, not '{EptsQuery.Shortened(other)}'."
            ),
        };
        return new EptsRange(includeFrom ? from : from + 1, includeTo ? to + 1 : to, descending);
    }

    private static long Time(IQueryCollection query, string name)
    {
        var text = query[name].ToString();
        return text.Length == 0 ? throw DomainException.Invalid(name, $"The parameter {name} is missing.")
            : Iso8601.TryParse(text, out var time) ? time
            : throw DomainException.Invalid(name, $"The parameter {name} is no time in ISO 8601: '{EptsQuery.Shortened(text)}'.");
    }
}
