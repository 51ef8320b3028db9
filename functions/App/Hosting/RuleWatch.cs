using Serverless.Domain.Events;
using Serverless.Domain.Rules;
using Serverless.Domain.Tenants;

namespace Serverless.App.Hosting;

/// <summary>
/// What somebody waits to be told, and only the clock brings: crossings and events that a process which died has left, crossings of devices that their rule does not watch any more, and silence. On Azure a timer has it done every
/// minute; housekeeping does it too. It may run on several instances at once.
/// </summary>
internal sealed class RuleWatch(TenantDirectory tenants, RuleEngine rules, Departures departures, SilenceWatch silences, EventOutbox events)
{
    /// <summary>Does all of it; a part that fails keeps none of the others from being done.</summary>
    /// <exception cref="AggregateException">Some parts failed, each as it is said.</exception>
    public Task RunAsync(CancellationToken cancellation) =>
        Parts.RunAsync(
            [
                cancelled => tenants.ForEachAsync(rules.ResumeAsync, cancelled),
                cancelled => tenants.ForEachAsync(departures.EndAsync, cancelled),
                silences.RunAllAsync,
                cancelled => tenants.ForEachAsync(events.ResumeAsync, cancelled),
            ],
            cancellation
        );
}
