using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Functions;
using Serverless.InfluxQL.Planning;

namespace Serverless.InfluxQL.Execution;

/// <summary>One SELECT, outer or inner: makes the groups of its rows of those of its sources. A row is a point whose columns are the plan's fields.</summary>
/// <param name="plan">The SELECT.</param>
/// <param name="options">Its options, those it inherits among them.</param>
/// <param name="query">What it runs with.</param>
internal sealed class SelectStage(SelectPlan plan, StageOptions options, QueryContext query)
{
    /// <summary>The points that first and last of the whole range look at: the real server reads one too many, so that of several at one time two are compared.</summary>
    private static readonly Page EndPoints = new(2, 0);

    private readonly FieldType[] along = [.. plan.Refs.Select(planned => Types.Of(planned.Ref.Type))];

    /// <summary>The groups of rows, in the order of the query. One that turns out to have no rows is no series of the answer.</summary>
    public List<PointGroup> Rows()
    {
        var slots = new List<(string[] Names, List<PointGroup> Groups)>();
        if (plan.Calls.Count == 0)
        {
            if (plan.Refs.Any(planned => planned.Ref.Type != DataType.Unknown))
            {
                slots.Add(([.. plan.Refs.Select(planned => planned.Slot)], Points(null, options, PageOfReads)));
            }
        }
        else
        {
            foreach (var planned in plan.Calls.Where(planned => planned.Type is not null))
            {
                slots.Add(([planned.Slot, .. plan.Refs.Select(reference => reference.Slot)], OfCall(planned.Call, options).Groups));
            }
        }

        return Combine(slots);
    }

    private List<PointGroup> Combine(List<(string[] Names, List<PointGroup> Groups)> slots)
    {
        var found = new Dictionary<(string, GroupTags), PointGroup?[]>();
        for (var i = 0; i < slots.Count; i++)
        {
            foreach (var group in slots[i].Groups)
            {
                if (!found.TryGetValue((group.Name, group.Tags), out var parts))
                {
                    found.Add((group.Name, group.Tags), parts = new PointGroup?[slots.Count]);
                }

                parts[i] = group;
            }
        }

        var names = slots.ConvertAll(slot => slot.Names);
        var groups = found.Select(pair => new PointGroup(
            pair.Key.Item1,
            pair.Key.Item2,
            () => new RowStream(plan, options, names, Array.ConvertAll(pair.Value, part => part is null ? null : Limit(part.Open())))
        ));
        return GroupOrder.Sort(groups, options);
    }

    private PointStream Limit(PointStream points) =>
        options.Rows is { Limit: 0, Offset: 0 } ? points : new LimitStream(points, options.Rows);

    /// <summary>The points of each group of a measurement that a raw select reads, and top and bottom too: one more than the limits ask for, whatever they then find.</summary>
    private Page? PageOfReads => options.Rows is { Limit: 0, Offset: 0 } ? null : new Page(options.Rows.Limit + options.Rows.Offset + 1, 0);

    /// <summary>The groups of points of the sources.</summary>
    private List<PointGroup> Points(VarRef? value, StageOptions stage, Page? page = null) =>
        new SourceReader(plan, stage, query, page).Groups(new Demand(value, plan.Refs));

    /// <summary>The groups of points of an argument, and the type of their values.</summary>
    private (List<PointGroup> Groups, FieldType Type) OfArgument(Expr argument, StageOptions stage) =>
        argument is Call call ? OfInner(call, stage) : (Points((VarRef)argument, stage), TypeOf((VarRef)argument));

    /// <summary>The type of an argument's values. What an inner SELECT has of no type every function takes, for there are none.</summary>
    private static FieldType TypeOf(VarRef argument) => argument.Type == DataType.Unknown ? FieldType.Float : Types.Of(argument.Type);

    /// <summary>What a call gives to another: only values count, so what nothing would fill is left open.</summary>
    private (List<PointGroup> Groups, FieldType Type) OfInner(Call call, StageOptions stage)
    {
        if (stage.Fill.Option == FillOption.Null && call.Name != "count")
        {
            return OfCall(call, stage with { Fill = new Fill(FillOption.None) });
        }

        var (groups, type) = OfCall(call, stage);
        return (Wrap(groups, points => new PresentStream(points)), type);
    }

    private (List<PointGroup> Groups, FieldType Type) OfCall(Call call, StageOptions stage)
    {
        if (FunctionFactory.IsStreamed(call.Name))
        {
            return Transform(call, stage);
        }

        return call.Name is "top" or "bottom" && call.Arguments.Count > 2 ? Ranked(call, stage) : Reduce(call, stage);
    }

    private (List<PointGroup> Groups, FieldType Type) Transform(Call call, StageOptions stage)
    {
        // Those that look back need what is before the first window. Where time has no beginning the real server goes round and reads nothing.
        var wider =
            call.Name is "cumulative_sum" or "integral" or "holt_winters" or "holt_winters_with_fit" ? stage
            : stage.Ascending ? stage with { Start = unchecked(stage.Start - stage.Interval) }
            : stage with { End = unchecked(stage.End + stage.Interval) };
        var (groups, type) = OfArgument(call.Arguments[0], wider);
        if (groups.Count == 0)
        {
            // Where nothing is to be read nobody asks whether the function takes the type.
            return (groups, type);
        }

        var output = FunctionFactory.OutputOf(call, type);
        var windows = new Windowing(stage);
        var make = FunctionFactory.Transformer(
            call,
            type,
            stage,
            time =>
            {
                var window = windows.At(time);
                return (window.Start, window.End);
            }
        );
        return (Wrap(groups, points => new TransformStream(points, make(), new PointWriter(output, along))), output);
    }

    private (List<PointGroup> Groups, FieldType Type) Reduce(Call call, StageOptions stage)
    {
        if (FastAggregates.TryMake(plan, call, stage, query) is { } fast)
        {
            var fastType = FunctionFactory.OutputOf(call, Types.Of(((VarRef)call.Arguments[0]).Type));
            return (Filled(fast, call, fastType, stage), fastType);
        }

        // first and last of the whole range read the first points in one order or the other.
        var isEnd = IsEndOfMeasurements(call, stage);
        var order = isEnd ? stage with { Ascending = call.Name == "first" } : stage;
        var (groups, type) = call is { Name: "top" or "bottom", Arguments: [VarRef ranked, ..] }
            ? (Points(ranked, order, PageOfReads), Types.Of(ranked.Type))
            : OfArgument(call.Arguments[0], order);
        if (groups.Count == 0)
        {
            return (groups, type);
        }

        var output = FunctionFactory.OutputOf(call, type);
        var make = FunctionFactory.Reducer(call, type, order);
        var how = new Reduction(new Windowing(order), order.Ascending, IsAtStart(call.Name, stage));
        var reduced = Wrap(
            groups,
            points => new ReduceStream(
                isEnd ? new LimitStream(points, EndPoints) : points,
                how,
                make(),
                new PointWriter(output, along),
                query.Meter
            )
        );
        return (Filled(reduced, call, output, stage), output);
    }

    private bool IsEndOfMeasurements(Call call, StageOptions stage) =>
        call is { Name: "first" or "last", Arguments: [VarRef, ..] }
        && stage.Interval == 0
        && plan.Sources.All(source => source is MeasurementSource);

    /// <summary>top and bottom with tags: of each distinct combination of those tags only its best point is ranked.</summary>
    private (List<PointGroup> Groups, FieldType Type) Ranked(Call call, StageOptions stage)
    {
        var keys = MeasurementGroups.KeysOf(stage);
        var tags = call.Arguments.Skip(1).Take(call.Arguments.Count - 2).Select(argument => ((VarRef)argument).Name);
        var divided = stage with { GroupBy = [.. keys.Union(tags).Order(StringComparer.Ordinal)], Fill = new Fill(FillOption.None) };
        var best = new Call(call.Name == "top" ? "max" : "min", [call.Arguments[0]]);
        var (groups, type) = OfArgument(best.Arguments[0], divided);
        if (groups.Count == 0)
        {
            return (groups, type);
        }

        if (!Types.IsNumber(type))
        {
            // It does not take them, and says so of the call as it was written.
            FunctionFactory.Reducer(call, type, stage);
        }

        var make = FunctionFactory.Reducer(best, type, divided);
        var how = new Reduction(new Windowing(stage), stage.Ascending, AtStart: false);
        var bests = Wrap(groups, points => new ReduceStream(points, how, make(), new PointWriter(type, along), query.Meter));

        var rank = new Call(call.Name, [call.Arguments[0], call.Arguments[^1]]);
        var makeRank = FunctionFactory.Reducer(rank, type, stage);
        var merged = GroupOrder.Merge(bests, keys, stage, Ties.ByStream);
        return (Wrap(merged, points => new ReduceStream(points, how, makeRank(), new PointWriter(type, along), query.Meter)), type);
    }

    private List<PointGroup> Filled(List<PointGroup> groups, Call call, FieldType type, StageOptions stage)
    {
        if (stage.Interval == 0 || stage.Fill.Option == FillOption.None || !IsWindowed(call.Name))
        {
            return groups;
        }

        var fill =
            call.Name == "count" && stage.Fill.Option == FillOption.Null ? new Fill(FillOption.Number, new IntegerLiteral(0)) : stage.Fill;
        FieldType[] types = [type, .. along];
        return Wrap(groups, points => new FillStream(points, fill, types, stage));
    }

    private bool IsAtStart(string name, StageOptions stage) =>
        name == "distinct" || (IsWindowed(name) && (!plan.IsSelector || stage.Interval != 0));

    /// <summary>Whether the points of a function stand for windows rather than for themselves.</summary>
    private static bool IsWindowed(string name) => name is not ("distinct" or "top" or "bottom" or "sample" or "integral");

    private static List<PointGroup> Wrap(List<PointGroup> groups, Func<PointStream, PointStream> wrapper) =>
        groups.ConvertAll(group => group with { Open = () => wrapper(group.Open()) });
}
