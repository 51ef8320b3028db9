using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Serverless.App.Hosting;
using Serverless.App.Tests.Infra;
using Serverless.Contracts;
using Serverless.Domain.Telemetry;

namespace Serverless.App.Tests.Hosting;

public sealed class DeadLetterLogTests : IDisposable
{
    private readonly ManualTime time = new();
    private readonly RecordingLogger<DeadLetterLog> logger = new();

    // A meter of its own, under the pipeline's name.
    private readonly Meter meter = new(TelemetryMetrics.MeterName);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_are_told_at_once_and_others_once_a_minute()
    {
        var letters = meter.CreateCounter<long>(TelemetryMetrics.DeadLettersName);
        using var log = new DeadLetterLog(time, logger);
        await log.StartAsync(Cancellation);

        letters.Add(0);
        Assert.Empty(logger.Lines);
        letters.Add(2);
        letters.Add(3);
        Assert.Single(logger.Lines);
        time.Advance(TimeSpan.FromMinutes(1));
        letters.Add(1);
        letters.Add(7);
        await log.StopAsync(Cancellation);
        letters.Add(1);

        Assert.Equal(["2", "4", "7"], logger.Lines.Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public async Task The_alert_finds_what_is_logged()
    {
        var alerts = await File.ReadAllTextAsync(
            Template.Files.Single(file => file.EndsWith("alerts.bicep", StringComparison.Ordinal)),
            Cancellation
        );
        var words = Regex.Match(alerts, "AppTraces \\| where Message has \"(?<words>[^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1));
        using var log = new DeadLetterLog(time, logger);
        await log.StartAsync(Cancellation);

        meter.CreateCounter<long>(TelemetryMetrics.DeadLettersName).Add(1);

        Assert.Contains(words.Groups["words"].Value, Assert.Single(logger.Lines), StringComparison.Ordinal);
    }

    public void Dispose() => meter.Dispose();
}
