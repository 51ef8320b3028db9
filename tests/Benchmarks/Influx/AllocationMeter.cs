using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace Serverless.Benchmarks.Influx;

/// <summary>Counts the bytes that a .NET process allocates: its own counter, told every second.</summary>
internal sealed class AllocationMeter : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2.2);

    private readonly EventPipeSession session;
    private readonly Thread reading;
    private double allocated;

    public AllocationMeter(int processId)
    {
        var provider = new EventPipeProvider(
            "System.Runtime",
            EventLevel.Informational,
            arguments: new Dictionary<string, string> { ["EventCounterIntervalSec"] = "1" }
        );
        session = new DiagnosticsClient(processId).StartEventPipeSession([provider], requestRundown: false);
        reading = new Thread(Read) { IsBackground = true };
        reading.Start();
    }

    /// <summary>The bytes that the process allocates from now until some work is done, and until they have been told.</summary>
    public async Task<double> MeasureAsync(Func<Task> work)
    {
        await Task.Delay(Tick);
        var before = Volatile.Read(ref allocated);
        await work();
        await Task.Delay(Tick);
        return Volatile.Read(ref allocated) - before;
    }

    public void Dispose()
    {
        session.Stop();
        reading.Join();
        session.Dispose();
    }

    private void Read()
    {
        using var source = new EventPipeEventSource(session.EventStream);
        source.Dynamic.All += Take;
        source.Process();
    }

    private void Take(TraceEvent told)
    {
        if (
            told.EventName == "EventCounters"
            && told.PayloadValue(0) is IDictionary<string, object> { } outer
            && outer["Payload"] is IDictionary<string, object> counter
            && counter["Name"] is "alloc-rate"
        )
        {
            Volatile.Write(ref allocated, allocated + Convert.ToDouble(counter["Increment"]));
        }
    }
}
