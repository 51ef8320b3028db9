using System.Runtime.InteropServices;
using Serverless.Domain;

namespace Serverless.Dialects.Conduit.Reads;

/// <summary>What a stage makes of the values of a group (vendor's page "Aggregation Features"; the names count and cumulative, and the exact meaning of the last two, are [I]).</summary>
internal enum Aggregate
{
    Count,
    Sum,
    Avg,
    Max,
    Min,

    /// <summary>The largest less the smallest.</summary>
    Range,

    /// <summary>The last less the first.</summary>
    Diff,

    /// <summary>The sum of the group and of all before it in the range.</summary>
    Cumulative,
}

/// <summary>The length of a group; a week begins on Monday [I].</summary>
internal enum Grouping
{
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// <summary>One stage of an aggregation.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Stage(Grouping By, Aggregate What)
{
    private const int MostBefore = 3;

    private static readonly Aggregate[] Before =
    [
        Aggregate.Count,
        Aggregate.Sum,
        Aggregate.Avg,
        Aggregate.Max,
        Aggregate.Min,
        Aggregate.Range,
    ];

    /// <summary>
    /// The stages that a request asks for, in their order: pregroup1 and preaggregate1 up to pregroup3 and preaggregate3 (the third is [I]: the pages say four stages and name two), then groupby and
    /// aggregateby; empty where it asks for none.
    /// </summary>
    /// <param name="parameter">A parameter by its name, or null.</param>
    /// <exception cref="DomainException">A stage is not whole, not known, or finer than the one before.</exception>
    public static IReadOnlyList<Stage> Read(Func<string, string?> parameter)
    {
        var stages = new List<Stage>();
        for (var i = 1; i <= MostBefore; i++)
        {
            if (
                Read(parameter, $"pregroup{i}", $"preaggregate{i}", [.. Enum.GetValues<Grouping>().Except([Grouping.Year])], Before) is
                { } stage
            )
            {
                stages.Add(stage);
            }
        }

        var last = Read(parameter, "groupby", "aggregateby", Enum.GetValues<Grouping>(), Enum.GetValues<Aggregate>());
        if (last is null && stages.Count > 0)
        {
            throw DomainException.Invalid("groupby", "An aggregation ends with groupby and aggregateby.");
        }

        stages.AddRange(last is { } end ? [end] : []);
        for (var i = 1; i < stages.Count; i++)
        {
            if (stages[i].By < stages[i - 1].By)
            {
                throw DomainException.Invalid("groupby", "No stage has shorter groups than the one before.");
            }
        }

        return stages;
    }

    private static Stage? Read(
        Func<string, string?> parameter,
        string groupName,
        string aggregateName,
        IReadOnlyList<Grouping> groups,
        IReadOnlyList<Aggregate> aggregates
    )
    {
        var (group, aggregate) = (parameter(groupName), parameter(aggregateName));
        if (group is null && aggregate is null)
        {
            return null;
        }

        return new Stage(OneOf(groupName, group, groups), OneOf(aggregateName, aggregate, aggregates));
    }

    private static T OneOf<T>(string name, string? text, IReadOnlyList<T> known)
        where T : struct, Enum
    {
        foreach (var value in known)
        {
            if (value.ToString().Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        throw DomainException.Invalid(name, $"{name} is one of {string.Join(", ", known).ToLowerInvariant()}.");
    }
}
