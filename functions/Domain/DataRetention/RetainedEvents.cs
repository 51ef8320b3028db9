using Serverless.Domain.Changes;
using Serverless.Domain.DeviceEvents;

namespace Serverless.Domain.DataRetention;

/// <summary>Events, with their files, by the time at which they happened. Nobody is told.</summary>
public sealed class RetainedEvents(EventDirectory events) : IRetainedData
{
    public RetainedData Data => RetainedData.Event;

    public Task DeleteAsync(string tenant, RetentionRule rule, DateTimeOffset before, CancellationToken cancellation)
    {
        var filter = new EventFilter
        {
            Sources = rule.Source is null ? null : [rule.Source],
            Type = rule.Type,
            Fragment = rule.Fragment,
            To = before,
        };
        return events.DeleteManyAsync(tenant, filter, Effects.Store, cancellation);
    }
}
