namespace Serverless.InfluxQL.Execution;

/// <summary>Some points of one group: times in the order of the query (several may share one), and as many values in every column.</summary>
/// <param name="Times">Nanoseconds since 1970.</param>
/// <param name="Columns">In the stream of a call or of one field the first column is its value and the rest are what goes along with it; in a raw stream all are alike.</param>
public sealed record Batch(ReadOnlyMemory<long> Times, Column[] Columns)
{
    public int Count => Times.Length;
}

/// <summary>The points of one group, pulled batch by batch. For one reader.</summary>
public abstract class PointStream : IAsyncDisposable
{
    /// <summary>The next points, at least one; null at the end.</summary>
    public abstract ValueTask<Batch?> NextAsync(CancellationToken cancellation);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A group of points: a measurement's name, the values of the tags that it is grouped by, and its points, which are read only when the stream is opened.</summary>
/// <param name="Name">The measurement.</param>
/// <param name="Tags">The tags that the query groups by (all of them, with "" for those that the series lack), in ordinal order of their keys.</param>
/// <param name="Open">Starts a reading of its points.</param>
public sealed record PointGroup(string Name, GroupTags Tags, Func<PointStream> Open);
