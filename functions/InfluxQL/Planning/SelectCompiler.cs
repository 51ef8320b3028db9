using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Values;

namespace Serverless.InfluxQL.Planning;

/// <summary>Checks and reads what a SELECT says, as far as that does not depend on its sources; from the outermost to the innermost.</summary>
internal sealed class SelectCompiler(long now)
{
    /// <exception cref="QueryException">The statement cannot be run.</exception>
    public CompiledSelect Compile(SelectStatement statement)
    {
        var select = ReadClauses(statement);
        var (fields, timeName) = ReadFields(select, select.Interval != 0, isInherited: false, statement.Fill.Option);
        var kept = Rewritten(RemoveTime(fields, ref timeName));
        return WithInner(select with { TimeName = timeName, Statement = select.Statement with { Fields = kept } }, select.Interval);
    }

    private CompiledSelect WithInner(CompiledSelect select, long interval)
    {
        var inner = select.Statement.Sources.OfType<SubQuery>().Select(source => CompileInner(source.Statement, select, interval));
        return select with { Inner = [.. inner] };
    }

    private CompiledSelect CompileInner(SelectStatement statement, CompiledSelect outer, long outerInterval)
    {
        var select = ReadClauses(statement);
        if (statement.Sort.Count > 0 && statement.IsAscending != outer.Statement.IsAscending)
        {
            throw new QueryException("subqueries must be ordered in the same direction as the query itself");
        }

        var hasOwnWindows = select.Interval != 0;
        var interval = hasOwnWindows ? select.Interval : outerInterval;
        var fill = hasOwnWindows && statement.Fill.Option == FillOption.Null ? FillOption.None : statement.Fill.Option;
        var (fields, _) = ReadFields(select, interval != 0, isInherited: !hasOwnWindows, fill);
        select = select with
        {
            EffectiveRange = select.Range.And(outer.EffectiveRange),
            Statement = select.Statement with { Fields = fields, Sort = outer.Statement.Sort },
        };
        return WithInner(select, interval);
    }

    /// <summary>WHERE and GROUP BY.</summary>
    private CompiledSelect ReadClauses(SelectStatement statement)
    {
        var zone = statement.TimeZone is { } name ? TimeZones.Find(name) : null;
        var (condition, range) = new TimeConditions(zone, now).Split(statement.Condition);
        CheckCondition(condition);
        var groupBy = GroupByClause.Read(statement, zone, now);
        range = new TimeRange(range.Min ?? TimeRange.MinTime, range.Max ?? (groupBy.Interval != 0 ? now : TimeRange.MaxTime));
        return new CompiledSelect
        {
            Statement = statement with
            {
                Condition = condition is null ? null : TimeLiteral.Settle(condition),
                Dimensions = groupBy.Dimensions,
            },
            Range = range,
            EffectiveRange = range,
            Interval = groupBy.Interval,
            Offset = groupBy.Offset,
            TimeName = "time",
        };
    }

    private static void CheckCondition(Expr? condition)
    {
        switch (condition)
        {
            case BinaryExpr binary:
                CheckCondition(binary.Left);
                CheckCondition(binary.Right);
                break;
            case Call call:
                CheckConditionCall(call);
                break;
        }
    }

    private static void CheckConditionCall(Call call)
    {
        if (!MathFunctions.Contains(call.Name))
        {
            throw new QueryException($"invalid function call in condition: {TimeLiteral.Print(call)}");
        }

        var count = MathFunctions.ArgumentCountInCondition(call.Name);
        if (call.Arguments.Count != count)
        {
            throw new QueryException($"invalid number of arguments for {call.Name}, expected {count}, got {call.Arguments.Count}");
        }

        foreach (var argument in call.Arguments)
        {
            CheckCondition(argument);
        }
    }

    /// <summary>The fields folded, "time" as it is, and what "time" is called.</summary>
    private static (ValueList<Field> Fields, string TimeName) ReadFields(
        CompiledSelect select,
        bool hasInterval,
        bool isInherited,
        FillOption fill
    )
    {
        var rules = new FieldRules(select.Statement, hasInterval, isInherited, fill);
        var (fields, timeName) = (new List<Field>(), "time");
        foreach (var field in select.Statement.Fields)
        {
            if (field.Expr is VarRef { Name: "time" })
            {
                timeName = field.Alias ?? timeName;
                fields.Add(field);
                continue;
            }

            var folded = field with { Expr = ConstantFolding.OfFields.Reduce(field.Expr) };
            rules.Check(folded);
            fields.Add(folded with { Expr = TimeLiteral.Settle(folded.Expr) });
        }

        rules.CheckTogether();
        return ([.. fields], timeName);
    }

    /// <summary>Takes the column of times out of the fields. As in the real server a second "time" right after the first stays, and is nothing.</summary>
    private static List<Field> RemoveTime(ValueList<Field> fields, ref string timeName)
    {
        var kept = new List<Field>(fields.Count);
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i].Expr is not VarRef { Name: "time" })
            {
                kept.Add(fields[i]);
                continue;
            }

            timeName = fields[i].Alias ?? "time";
            if (++i < fields.Count)
            {
                kept.Add(fields[i]);
            }
        }

        return kept;
    }

    /// <summary>DISTINCT without parentheses as a call, where it is a field or an argument.</summary>
    private static ValueList<Field> Rewritten(List<Field> fields) =>
        [.. fields.Select(field => field with { Expr = DistinctAsCall(field.Expr) })];

    private static Expr DistinctAsCall(Expr expr) => expr is DistinctExpr distinct ? ToCall(distinct) : expr.Rewrite(InArguments);

    private static Call? InArguments(Expr expr) =>
        expr is Call call && call.Arguments.Any(argument => argument is DistinctExpr)
            ? call with
            {
                Arguments = [.. call.Arguments.Select(argument => argument is DistinctExpr distinct ? ToCall(distinct) : argument)],
            }
            : null;

    private static Call ToCall(DistinctExpr distinct) => new("distinct", [new VarRef(distinct.Name)]);
}
