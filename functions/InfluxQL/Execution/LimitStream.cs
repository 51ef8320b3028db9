using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Execution;

/// <summary>LIMIT and OFFSET: it skips points and ends early.</summary>
internal sealed class LimitStream(PointStream input, Page page) : PointStream
{
    private long toSkip = page.Offset;
    private long left = page.Limit == 0 ? long.MaxValue : page.Limit;

    public override async ValueTask<Batch?> NextAsync(CancellationToken cancellation)
    {
        while (left > 0 && await input.NextAsync(cancellation) is { } batch)
        {
            if (toSkip >= batch.Count)
            {
                toSkip -= batch.Count;
                continue;
            }

            var start = (int)toSkip;
            var count = (int)Math.Min(batch.Count - start, left);
            (toSkip, left) = (0, left - count);
            return batch.Slice(start, count);
        }

        return null;
    }

    public override async ValueTask DisposeAsync()
    {
        await input.DisposeAsync();
        await base.DisposeAsync();
    }
}
