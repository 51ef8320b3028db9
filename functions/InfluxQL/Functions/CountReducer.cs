using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

/// <summary>count.</summary>
internal sealed class CountReducer : Reducer
{
    private long count;

    public override void Add(Batch batch, int start, int end) => count += end - start;

    public override void Emit(PointWriter output)
    {
        output.Add(PointWriter.NoTime);
        output.Value.Add(count);
        count = 0;
    }
}
