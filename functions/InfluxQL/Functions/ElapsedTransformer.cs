using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

/// <summary>elapsed: whole units of time since the point before, of whatever type; negative in descending order.</summary>
internal sealed class ElapsedTransformer(long unit) : Transformer
{
    private long? last;

    public override void Transform(Batch batch, PointWriter output)
    {
        foreach (var time in batch.Times.Span)
        {
            if (last is { } before)
            {
                output.Add(time);
                output.Value.Add(unchecked(time - before) / unit);
            }

            last = time;
        }
    }
}
