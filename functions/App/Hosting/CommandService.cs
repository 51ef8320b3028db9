using Serverless.Domain.Commands;

namespace Serverless.App.Hosting;

/// <summary>Sends commands as they are given, and again as they are due, and gives those of bulk operations; housekeeping finds what another instance has left. Echoes that change nothing are logged.</summary>
internal sealed partial class CommandService(
    CommandDispatcher dispatcher,
    BulkDispatcher bulks,
    CommandEchoes echoes,
    TimeProvider time,
    ILogger<CommandService> logger
) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        echoes.Ignored += LogIgnored;
        try
        {
            await TryAsync(dispatcher.RunAllAsync, stoppingToken);
            await TryAsync(bulks.RunAllAsync, stoppingToken);
            while (!stoppingToken.IsCancellationRequested)
            {
                await dispatcher.Signal.WaitAsync(Tick, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await TryAsync(bulks.RunAsync, stoppingToken);
                await TryAsync(dispatcher.RunAsync, stoppingToken);
            }
        }
        finally
        {
            echoes.Ignored -= LogIgnored;
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        try
        {
            await work(cancellation);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            Failed(failure);
        }
        catch (OperationCanceledException)
        {
            // The process ends; commands are in the store.
        }
    }

    private void LogIgnored(IgnoredEcho echo) => Ignored(echo.Tenant, echo.Device, echo.Command, echo.Reason);

    [LoggerMessage(40, LogLevel.Error, "Commands cannot be sent now; it is tried again")]
    private partial void Failed(Exception failure);

    [LoggerMessage(41, LogLevel.Warning, "An echo of device {Device} in tenant {Tenant} for command {Command} changes nothing: {Reason}")]
    private partial void Ignored(string tenant, string device, string command, string reason);
}
