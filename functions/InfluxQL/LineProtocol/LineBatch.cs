using Serverless.TimeSeries;

namespace Serverless.InfluxQL.LineProtocol;

/// <summary>What a body of line protocol holds.</summary>
/// <param name="Points">The points of the lines that can be read, in their order, one for each field.</param>
/// <param name="Errors">A text for each line that cannot: "unable to parse 'a b': invalid field format". Joined with line feeds they are the real server's answer.</param>
/// <param name="Dropped">How many lines can be read but not stored, as "time" is a tag or the only field of theirs.</param>
/// <param name="DropReason">Why the first of those is dropped, a tag before a field; null if none is.</param>
/// <param name="LineEnds">For each line that has points, where in <paramref name="Points"/> those of the next line begin.</param>
public sealed record LineBatch(
    PointBatch Points,
    IReadOnlyList<string> Errors,
    int Dropped,
    string? DropReason,
    IReadOnlyList<int> LineEnds
);
