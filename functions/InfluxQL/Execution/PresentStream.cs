namespace Serverless.InfluxQL.Execution;

/// <summary>The points that have a value.</summary>
internal sealed class PresentStream(PointStream input) : PointStream
{
    public override async ValueTask<Batch?> NextAsync(CancellationToken cancellation)
    {
        while (await input.NextAsync(cancellation) is { } batch)
        {
            if (batch.Columns[0].Absent.IsEmpty)
            {
                return batch;
            }

            var present = Array.ConvertAll(batch.Columns[0].Absent.ToArray(), absent => !absent);
            if (batch.Where(present) is { } kept)
            {
                return kept;
            }
        }

        return null;
    }

    public override async ValueTask DisposeAsync()
    {
        await input.DisposeAsync();
        await base.DisposeAsync();
    }
}
