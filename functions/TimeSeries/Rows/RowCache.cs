namespace Serverless.TimeSeries.Rows;

/// <summary>Sealed rows that were read lately, by key, up to so many bytes. A row under a key never changes, so nothing here gets stale.</summary>
internal sealed class RowCache(long capacity)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Tenant, string Database, string Key), LinkedListNode<Entry>> entries = [];
    private readonly LinkedList<Entry> recent = [];
    private long bytes;

    public SealedRowData? Find(string tenant, string database, string key)
    {
        lock (gate)
        {
            if (!entries.TryGetValue((tenant, database, key), out var node))
            {
                return null;
            }

            recent.Remove(node);
            recent.AddFirst(node);
            return node.Value.Row;
        }
    }

    public void Add(string tenant, string database, string key, SealedRowData row)
    {
        lock (gate)
        {
            var name = (tenant, database, key);
            if (row.Bytes > capacity || entries.ContainsKey(name))
            {
                return;
            }

            entries.Add(name, recent.AddFirst(new Entry(name, row)));
            bytes += row.Bytes;
            while (bytes > capacity && recent.Last is { } last)
            {
                recent.RemoveLast();
                entries.Remove(last.Value.Name);
                bytes -= last.Value.Row.Bytes;
            }
        }
    }

    private sealed record Entry((string Tenant, string Database, string Key) Name, SealedRowData Row);
}
