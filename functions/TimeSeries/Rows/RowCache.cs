using Serverless.Domain.Series;

namespace Serverless.TimeSeries.Rows;

/// <summary>What names a sealed row among all.</summary>
internal readonly record struct RowName(SeriesPartition Partition, SeriesKey Series, RowRef Row);

/// <summary>Sealed rows that were read lately, up to so many bytes. A row never changes, so nothing here gets stale.</summary>
internal sealed class RowCache(long capacity)
{
    private readonly Lock gate = new();
    private readonly Dictionary<RowName, LinkedListNode<(RowName Name, SealedRowData Row)>> entries = new(new NameComparer());
    private readonly LinkedList<(RowName Name, SealedRowData Row)> recent = [];
    private long bytes;

    public SealedRowData? Find(in RowName name)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(name, out var node))
            {
                return null;
            }

            if (node != recent.First)
            {
                recent.Remove(node);
                recent.AddFirst(node);
            }

            return node.Value.Row;
        }
    }

    public void Add(in RowName name, SealedRowData row)
    {
        lock (gate)
        {
            if (row.Bytes > capacity || entries.ContainsKey(name))
            {
                return;
            }

            entries.Add(name, recent.AddFirst((name, row)));
            bytes += row.Bytes;
            while (bytes > capacity && recent.Last is { } last)
            {
                recent.RemoveLast();
                entries.Remove(last.Value.Name);
                bytes -= last.Value.Row.Bytes;
            }
        }
    }

    /// <summary>The compaction that made a row is a random number: with the series and the part, enough of a hash.</summary>
    private sealed class NameComparer : IEqualityComparer<RowName>
    {
        public bool Equals(RowName x, RowName y) => x.Row == y.Row && x.Series == y.Series && x.Partition == y.Partition;

        public int GetHashCode(RowName name) =>
            HashCode.Combine(name.Row.Compaction, name.Row.Window.Index, name.Row.Part, name.Series.Tags.GetHashCode());
    }
}
