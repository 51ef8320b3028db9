using Serverless.Local.Outbox;

namespace Serverless.App.Hosting;

/// <summary>Runs the outbox's dispatcher while the process runs.</summary>
internal sealed class OutboxService(OutboxDispatcher dispatcher) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => dispatcher.RunAsync(stoppingToken);
}
