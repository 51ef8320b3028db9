using Serverless.Domain.Series;

namespace Serverless.InfluxQL.Execution;

/// <summary>In which order points of one time are merged.</summary>
internal enum Ties : byte
{
    /// <summary>As the heap gives them up.</summary>
    ByHeap,

    /// <summary>As far as the columns begin with strings, by these; then as the heap gives them up.</summary>
    ByStrings,

    /// <summary>So by the columns after the first, which is a value.</summary>
    ByStringsAlong,

    /// <summary>In the order of the streams.</summary>
    ByStream,
}

/// <summary>Merges streams of the same columns by time.</summary>
/// <remarks>
/// The order in which the real server's binary heap gives up points of one time is not that of the streams once there are three: so the heap here moves its items as that one does.
/// </remarks>
internal sealed class MergeStream(IReadOnlyList<PointStream> inputs, bool ascending, Ties ties) : PointStream
{
    private BinaryHeap<Head>? heap;
    private Head? pending;

    public override async ValueTask<Batch?> NextAsync(CancellationToken cancellation)
    {
        heap ??= await StartAsync(cancellation);
        var output = default(Output?);
        while (output is null || output.Count < Batches.Most)
        {
            if (pending is { } waiting)
            {
                if (output is { Count: > 0 })
                {
                    break;
                }

                pending = null;
                if (await waiting.LoadAsync(cancellation))
                {
                    heap.Push(waiting);
                }
            }

            if (heap.Count == 0)
            {
                break;
            }

            if (output is null && heap.Count == 1)
            {
                return Alone(heap.Pop());
            }

            output ??= new Output(heap.Top.Batch);
            Merge(heap, output);
        }

        return output?.ToBatch();
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var input in inputs)
        {
            await input.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    private async ValueTask<BinaryHeap<Head>> StartAsync(CancellationToken cancellation)
    {
        var heads = new List<Head>(inputs.Count);
        for (var i = 0; i < inputs.Count; i++)
        {
            var head = new Head(inputs[i], i);
            if (await head.LoadAsync(cancellation))
            {
                heads.Add(head);
            }
        }

        var made = new BinaryHeap<Head>(Less);
        made.Begin(heads);
        return made;
    }

    /// <summary>The last stream gives all that it has loaded.</summary>
    private Batch Alone(Head head)
    {
        pending = head;
        return head.Rest();
    }

    /// <summary>Merges until the output is full or a stream's batch is used up.</summary>
    private void Merge(BinaryHeap<Head> heap, Output output)
    {
        while (output.Count < Batches.Most)
        {
            var head = heap.Pop();
            output.Add(head.Batch, head.At, head.Time);
            if (!head.Advance())
            {
                pending = head;
                break;
            }

            heap.Push(head);
            if (heap.Count == 1)
            {
                break;
            }
        }

        output.Flush();
    }

    private bool Less(Head x, Head y)
    {
        if (x.Time != y.Time)
        {
            return ascending ? x.Time < y.Time : x.Time > y.Time;
        }

        return ties == Ties.ByStream ? x.Number < y.Number : ties != Ties.ByHeap && LessByStrings(x, y);
    }

    private bool LessByStrings(Head x, Head y)
    {
        for (var i = ties == Ties.ByStrings ? 0 : 1; i < x.Batch.Columns.Length; i++)
        {
            var (left, right) = (x.Batch.Columns[i], y.Batch.Columns[i]);
            if (left.Type != FieldType.String || left.IsAbsent(x.At) || right.IsAbsent(y.At))
            {
                return false;
            }

            var order = string.CompareOrdinal(left.Strings[x.At], right.Strings[y.At]);
            if (order != 0)
            {
                return ascending ? order < 0 : order > 0;
            }
        }

        return false;
    }

    private sealed class Head(PointStream input, int number)
    {
        private ReadOnlyMemory<long> times;

        public int Number => number;

        public Batch Batch { get; private set; } = new(ReadOnlyMemory<long>.Empty, []);

        public int At { get; private set; }

        /// <summary>The time of the point that is next; kept, since the heap compares it often.</summary>
        public long Time { get; private set; }

        public async ValueTask<bool> LoadAsync(CancellationToken cancellation)
        {
            if (await input.NextAsync(cancellation) is not { } next)
            {
                return false;
            }

            (Batch, At, times) = (next, 0, next.Times);
            Time = times.Span[0];
            return true;
        }

        /// <returns>Whether there is another point in the batch.</returns>
        public bool Advance()
        {
            if (++At == Batch.Count)
            {
                return false;
            }

            Time = times.Span[At];
            return true;
        }

        public Batch Rest()
        {
            var rest = Batch.Slice(At, Batch.Count - At);
            At = Batch.Count;
            return rest;
        }
    }

    /// <summary>Gathers points, those that follow each other in one stream as one copy.</summary>
    private sealed class Output(Batch like)
    {
        private readonly long[] times = new long[Batches.Most];
        private readonly ColumnBuilder[] builders = Array.ConvertAll(like.Columns, column => new ColumnBuilder(column.Type, Batches.Most));
        private Batch? source;
        private int start;
        private int end;

        public int Count { get; private set; }

        public void Add(Batch batch, int at, long time)
        {
            if (!ReferenceEquals(source, batch) || end != at)
            {
                Flush();
                (source, start) = (batch, at);
            }

            end = at + 1;
            times[Count++] = time;
        }

        public void Flush()
        {
            for (var i = 0; source is not null && i < builders.Length; i++)
            {
                builders[i].AddRange(source.Columns[i], start, end - start);
            }

            source = null;
        }

        public Batch? ToBatch() =>
            Count == 0 ? null : new Batch(times.AsMemory(0, Count), Array.ConvertAll(builders, builder => builder.ToColumn()));
    }
}
