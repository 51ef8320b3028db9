using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Values;

namespace Serverless.InfluxQL.Planning;

/// <summary>Aggregates and selectors. Those that take the points one after the other are in the next file.</summary>
internal sealed partial class FieldRules
{
    private void CheckCall(Call call)
    {
        switch (call.Name)
        {
            case "max" or "min" or "first" or "last":
                RequireCount(call, 1);
                CheckSymbol(call);
                break;
            case "count" or "sum" or "mean" or "median" or "mode" or "stddev" or "spread":
                CheckAggregate(call);
                break;
            case "percentile":
                RequireCount(call, 2);
                Require(call.Arguments[1] is IntegerLiteral or NumberLiteral, "expected float argument in percentile()");
                CheckSymbol(call);
                break;
            case "sample":
                CheckSample(call);
                break;
            case "distinct":
                CheckDistinct(call.Arguments, isNested: false);
                break;
            case "top" or "bottom":
                CheckTopOrBottom(call);
                break;
            case "integral":
                CheckIntegral(call);
                break;
            default:
                CheckTransformation(call);
                break;
        }
    }

    private void CheckAggregate(Call call)
    {
        onlySelectors = false;
        RequireCount(call, 1);
        switch (call)
        {
            case { Name: "count", Arguments: [Call { Name: "distinct", Arguments: var arguments }] }:
                CheckDistinct(arguments, isNested: true);
                break;
            case { Name: "count", Arguments: [DistinctExpr] }:
                CheckDistinct(call.Arguments, isNested: true);
                break;
            default:
                CheckSymbol(call);
                break;
        }
    }

    private void CheckSample(Call call)
    {
        RequireCount(call, 2);
        switch (call.Arguments[1])
        {
            case IntegerLiteral { Value: <= 0 } size:
                throw new QueryException($"sample window must be greater than 1, got {size.Value}");
            case not IntegerLiteral:
                throw new QueryException("expected integer argument in sample()");
        }

        CheckSymbol(call);
    }

    private void CheckDistinct(ValueList<Expr> arguments, bool isNested)
    {
        Require(arguments.Count > 0, "distinct function requires at least one argument");
        Require(arguments.Count == 1, "distinct function can only have one argument");
        Require(arguments[0] is VarRef or DistinctExpr, "expected field argument in distinct()");
        hasDistinct |= !isNested;
        onlySelectors = false;
    }

    private void CheckTopOrBottom(Call call)
    {
        Require(topOrBottom is null, CannotCombine());
        Require(call.Arguments.Count >= 2, $"invalid number of arguments for {call.Name}, expected at least 2, got {call.Arguments.Count}");
        var last = call.Arguments[^1];
        if (last is not IntegerLiteral { Value: var limit })
        {
            throw new QueryException($"expected integer as last argument in {call.Name}(), found {TimeLiteral.Print(last)}");
        }

        Require(limit > 0, $"limit ({limit}) in {call.Name} function must be at least 1");
        var rows = statement.Rows.Limit;
        Require(
            rows <= 0 || limit <= rows,
            $"limit ({limit}) in {call.Name} function can not be larger than the LIMIT ({rows}) in the select statement"
        );
        Require(
            call.Arguments[0] is VarRef,
            $"expected first argument to be a field in {call.Name}(), found {TimeLiteral.Print(call.Arguments[0])}"
        );
        foreach (var argument in call.Arguments.Skip(1).SkipLast(1))
        {
            Require(argument is VarRef, $"only fields or tags are allowed in {call.Name}(), found {TimeLiteral.Print(argument)}");
            if (statement.Target is null)
            {
                fields++;
                hasRaw = true;
            }
        }

        topOrBottom = call.Name;
    }

    private void CheckIntegral(Call call)
    {
        RequireCount(call, 1, 2);
        if (call.Arguments.Count == 2)
        {
            Require(call.Arguments[1] is DurationLiteral, "second argument must be a duration");
            RequirePositive((DurationLiteral)call.Arguments[1]);
        }

        onlySelectors = false;
        CheckSymbol(call);
    }

    /// <summary>The first argument must be a field, or where several are allowed a wildcard or a regular expression.</summary>
    private void CheckSymbol(Call call)
    {
        switch (call.Arguments[0])
        {
            case VarRef:
                break;
            case Wildcard:
                Require(allowsWildcard, $"unsupported expression with wildcard: {call.Name}()");
                onlySelectors = false;
                break;
            case RegexLiteral:
                Require(allowsWildcard, $"unsupported expression with regex field: {call.Name}()");
                onlySelectors = false;
                break;
            default:
                throw new QueryException($"expected field argument in {call.Name}()");
        }
    }

    private static void RequireCount(Call call, int count) =>
        Require(
            call.Arguments.Count == count,
            $"invalid number of arguments for {call.Name}, expected {count}, got {call.Arguments.Count}"
        );

    private static void RequireCount(Call call, int least, int most) =>
        Require(
            call.Arguments.Count >= least && call.Arguments.Count <= most,
            $"invalid number of arguments for {call.Name}, expected at least {least} but no more than {most}, got {call.Arguments.Count}"
        );

    private static void RequirePositive(DurationLiteral duration) =>
        Require(duration.Nanoseconds > 0, $"duration argument must be positive, got {DurationText.Format(duration.Nanoseconds)}");
}
