namespace Serverless.InfluxQL.Execution;

/// <summary>The points of several groups, one group after the other.</summary>
internal sealed class ChainStream(PointGroup[] parts) : PointStream
{
    private PointStream? open;
    private int next;

    public override async ValueTask<Batch?> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (open is not null && await open.NextAsync(cancellation) is { } batch)
            {
                return batch;
            }

            await CloseAsync();
            if (next == parts.Length)
            {
                return null;
            }

            open = parts[next++].Open();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await base.DisposeAsync();
    }

    private async ValueTask CloseAsync()
    {
        if (open is not null)
        {
            await open.DisposeAsync();
            open = null;
        }
    }
}
