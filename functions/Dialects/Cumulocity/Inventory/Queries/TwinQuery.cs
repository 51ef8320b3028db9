using Serverless.Domain.Documents;

namespace Serverless.Dialects.Cumulocity.Inventory.Queries;

/// <summary>What is asked of the twins.</summary>
/// <param name="Filter">What they must satisfy, or null for all.</param>
/// <param name="Order">Their order before that of their ids, which is that of their creation.</param>
internal sealed record TwinQuery(Filter? Filter, IReadOnlyList<Ordering> Order)
{
    /// <summary>The query with a condition more.</summary>
    public TwinQuery And(Filter? condition) =>
        condition is null ? this
        : Filter is null ? this with { Filter = condition }
        : this with { Filter = Domain.Documents.Filter.All(Filter, condition) };
}
