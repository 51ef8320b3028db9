using Serverless.InfluxQL.Functions;

namespace Serverless.InfluxQL.Execution;

/// <summary>Runs a transformation over the points of one group.</summary>
internal sealed class TransformStream(PointStream input, Transformer transformer, PointWriter output) : PointStream
{
    private bool ended;

    public override async ValueTask<Batch?> NextAsync(CancellationToken cancellation)
    {
        while (!ended)
        {
            cancellation.ThrowIfCancellationRequested();
            if (await input.NextAsync(cancellation) is { } batch)
            {
                transformer.Transform(batch, output);
            }
            else
            {
                ended = true;
                transformer.Finish(output, cancellation);
            }

            if (output.Take() is { } points)
            {
                return points;
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
