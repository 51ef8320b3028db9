namespace Serverless.InfluxQL.Execution;

/// <summary>Orders and joins groups.</summary>
internal static class GroupOrder
{
    /// <summary>By measurement, then the tags of the outermost SELECT, then all tags; the other way round for the newest first.</summary>
    public static List<PointGroup> Sort(IEnumerable<PointGroup> groups, StageOptions options)
    {
        List<PointGroup> sorted =
        [
            .. groups
                .OrderBy(group => group.Name, StringComparer.Ordinal)
                .ThenBy(group => group.Tags.Subset(options.Dimensions))
                .ThenBy(group => group.Tags),
        ];
        if (!options.Ascending)
        {
            sorted.Reverse();
        }

        return sorted;
    }

    /// <summary>Joins groups that are one by fewer tags.</summary>
    /// <param name="groups">The groups, of streams with the same columns.</param>
    /// <param name="keys">The tags that remain, in ordinal order.</param>
    /// <param name="options">The options of the SELECT that they are for.</param>
    /// <param name="ties">The order of points of one time; null where each stream comes whole after the one before.</param>
    public static List<PointGroup> Merge(IEnumerable<PointGroup> groups, string[] keys, StageOptions options, Ties? ties)
    {
        var joined = groups.GroupBy(group => (group.Name, Tags: group.Tags.Subset(keys)));
        return Sort(
            joined.Select(same =>
            {
                PointGroup[] parts = [.. same];
                return parts is [var only]
                    ? only with
                    {
                        Tags = same.Key.Tags,
                    }
                    : new PointGroup(
                        same.Key.Name,
                        same.Key.Tags,
                        () =>
                            ties is { } order
                                ? new MergeStream(Array.ConvertAll(parts, part => part.Open()), options.Ascending, order)
                                : new ChainStream(parts)
                    );
            }),
            options
        );
    }
}
