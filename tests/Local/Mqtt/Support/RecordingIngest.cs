using System.Threading.Channels;
using Serverless.Domain.Telemetry;

namespace Serverless.Local.Tests.Mqtt.Support;

/// <summary>Keeps what it is given; a test may hold a commit up, or fail it.</summary>
internal sealed class RecordingIngest : ITelemetryIngest
{
    private readonly Channel<IReadOnlyList<DeviceMessage>> batches = Channel.CreateUnbounded<IReadOnlyList<DeviceMessage>>();

    /// <summary>What a commit waits for.</summary>
    public Task Commit { get; set; } = Task.CompletedTask;

    public async Task IngestAsync(IReadOnlyList<DeviceMessage> messages, CancellationToken cancellation)
    {
        var commit = Commit;
        batches.Writer.TryWrite(messages);
        await commit;
    }

    public async Task<IReadOnlyList<DeviceMessage>> NextBatchAsync() =>
        await batches.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public async Task<DeviceMessage> NextAsync() => Assert.Single(await NextBatchAsync());
}
