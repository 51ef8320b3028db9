using Serverless.Domain.Commands;
using Serverless.Domain.Tenants;
using Serverless.TimeSeries;

namespace Serverless.App.Hosting;

/// <summary>What a cloud does every few minutes without being asked: it sends or ends the commands that are due, erases points beyond their retention policy, and compacts series. It may run on several instances at once.</summary>
internal sealed class Housekeeping(Retention retention, CommandDispatcher commands, BulkDispatcher bulks, SeriesStore series)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            // First those that give commands, then the commands.
            await bulks.RunAllAsync(cancellation);
            await commands.RunAllAsync(cancellation);
        }
        finally
        {
            await MaintainAsync(cancellation);
        }
    }

    private async Task MaintainAsync(CancellationToken cancellation)
    {
        try
        {
            await retention.EnforceAsync(cancellation);
        }
        finally
        {
            // A database that cannot be read does not keep the others from being compacted.
            await series.MaintainAsync(cancellation);
        }
    }
}
