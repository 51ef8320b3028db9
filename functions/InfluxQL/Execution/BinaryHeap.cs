namespace Serverless.InfluxQL.Execution;

/// <summary>A heap that gives up the least item, and among equal ones the one that the real server's would: its items move in the same way.</summary>
/// <param name="less">Whether one item is less than another.</param>
internal sealed class BinaryHeap<T>(Func<T, T, bool> less)
{
    private readonly List<T> items = [];

    public int Count => items.Count;

    /// <summary>The least item.</summary>
    public T Top => items[0];

    /// <summary>Begins with these items.</summary>
    public void Begin(IEnumerable<T> first)
    {
        items.Clear();
        items.AddRange(first);
        for (var i = (items.Count / 2) - 1; i >= 0; i--)
        {
            Down(i, items.Count);
        }
    }

    public void Push(T item)
    {
        items.Add(item);
        for (var at = items.Count - 1; at > 0; )
        {
            var parent = (at - 1) / 2;
            if (!less(items[at], items[parent]))
            {
                return;
            }

            (items[at], items[parent]) = (items[parent], items[at]);
            at = parent;
        }
    }

    public T Pop()
    {
        var last = items.Count - 1;
        (items[0], items[last]) = (items[last], items[0]);
        Down(0, last);
        var top = items[last];
        items.RemoveAt(last);
        return top;
    }

    private void Down(int at, int count)
    {
        while (true)
        {
            var child = (2 * at) + 1;
            if (child >= count)
            {
                return;
            }

            if (child + 1 < count && less(items[child + 1], items[child]))
            {
                child++;
            }

            if (!less(items[child], items[at]))
            {
                return;
            }

            (items[at], items[child]) = (items[child], items[at]);
            at = child;
        }
    }
}
