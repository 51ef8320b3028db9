using System.Globalization;
using Serverless.Dialects.ThingScale.Channels;
using Serverless.Dialects.ThingScale.Requests;

namespace Serverless.Dialects.ThingScale.Streams;

/// <summary>What a stream is asked for, in headers (dev.thingscale.io, Stream service).</summary>
/// <param name="FromNs">X-STARTTIME in nanoseconds since 1970, or null for the beginning.</param>
/// <param name="FromLast">Whether X-STARTTIME is last.</param>
/// <param name="ToNs">The time before which to end, or null where X-ENDTIME is last.</param>
/// <param name="Tag">X-TAGNAME, or null.</param>
/// <param name="Limit">X-PAGELIMIT, 1 where it is missing.</param>
/// <param name="Descending">Whether X-PAGESORT is desc.</param>
/// <param name="Aggregate">X-AGGREGATE, or null; with an end at last it is ignored.</param>
internal sealed record StreamQuery(
    long? FromNs,
    bool FromLast,
    long? ToNs,
    string? Tag,
    int Limit,
    bool Descending,
    AggregateKind? Aggregate
)
{
    /// <summary>[I] The most rows of one answer. A range that has more ends there, and says so by a last member "truncated":true.</summary>
    public const int MostRows = 100_000;

    private const string Last = "last";

    /// <exception cref="ThingScaleException">BAD_PARAMETER: X-ENDTIME is missing, or a header has a value that it may not have.</exception>
    public static StreamQuery Read(ThingScaleRequest request)
    {
        var (start, end) = (request.Header("X-STARTTIME"), request.Header("X-ENDTIME"));
        var toLast = end == Last;
        return new StreamQuery(
            start is null or Last ? null : Known(request.Times.From(start)),
            start == Last || (start is null && toLast),
            toLast ? null : Known(end is null ? null : request.Times.To(end)),
            ChannelHandler.TagOf(request),
            ReadLimit(request.Header("X-PAGELIMIT")),
            Choice(request.Header("X-PAGESORT"), ("asc", false), ("desc", true)) ?? false,
            toLast
                ? null
                : Choice(
                    request.Header("X-AGGREGATE"),
                    ("avg", AggregateKind.Avg),
                    ("sum", AggregateKind.Sum),
                    ("min", AggregateKind.Min),
                    ("max", AggregateKind.Max)
                )
        );
    }

    private static long Known(long? time) => time ?? throw ThingScaleError.BadParameter.Refused();

    private static int ReadLimit(string? text) =>
        text is null ? 1
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is > 0 and <= MostRows ? limit
        : throw ThingScaleError.BadParameter.Refused();

    private static T? Choice<T>(string? text, params ReadOnlySpan<(string Word, T Value)> choices)
        where T : struct
    {
        if (text is null)
        {
            return null;
        }

        foreach (var (word, value) in choices)
        {
            if (word.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        throw ThingScaleError.BadParameter.Refused();
    }
}
