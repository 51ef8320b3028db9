using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Planning;

/// <summary>Transformations, technical analysis and predictors: of a field, or of a call where there are windows.</summary>
internal sealed partial class FieldRules
{
    private void CheckTransformation(Call call)
    {
        switch (call.Name)
        {
            case "derivative" or "non_negative_derivative" or "elapsed":
                CheckUnit(call);
                break;
            case "difference" or "non_negative_difference" or "cumulative_sum":
                RequireCount(call, 1);
                break;
            case "moving_average":
                CheckMovingAverage(call);
                break;
            case "exponential_moving_average"
            or "double_exponential_moving_average"
            or "triple_exponential_moving_average"
            or "relative_strength_index"
            or "triple_exponential_derivative":
                CheckPeriod(call, 4);
                CheckHoldPeriod(call, leastHold: call.Name == "triple_exponential_derivative" ? 1 : 0);
                CheckWarmup(call, "exponential", "simple");
                break;
            case "kaufmans_efficiency_ratio" or "kaufmans_adaptive_moving_average":
                CheckPeriod(call, 3);
                CheckHoldPeriod(call, leastHold: 0);
                break;
            case "chande_momentum_oscillator":
                CheckPeriod(call, 4);
                CheckHoldPeriod(call, leastHold: 0);
                CheckWarmup(call, "none", "exponential", "simple");
                break;
            case "holt_winters" or "holt_winters_with_fit":
                CheckHoltWinters(call);
                return;
            default:
                throw new QueryException($"undefined function {call.Name}()");
        }

        CheckTransformed(call);
    }

    private static void CheckUnit(Call call)
    {
        RequireCount(call, 1, 2);
        if (call.Arguments.Count == 2)
        {
            var unit = call.Arguments[1];
            Require(unit is DurationLiteral, $"second argument to {call.Name} must be a duration, got {TimeConditions.GoType(unit)}");
            RequirePositive((DurationLiteral)unit);
        }
    }

    private static void CheckMovingAverage(Call call)
    {
        Require(call.Arguments.Count == 2, $"invalid number of arguments for moving_average, expected 2, got {call.Arguments.Count}");
        if (call.Arguments[1] is not IntegerLiteral { Value: var size })
        {
            throw new QueryException(
                $"second argument for moving_average must be an integer, got {TimeConditions.GoType(call.Arguments[1])}"
            );
        }

        Require(size > 1, $"moving_average window must be greater than 1, got {size}");
    }

    private static void CheckPeriod(Call call, int mostArguments)
    {
        RequireCount(call, 2, mostArguments);
        Require(call.Arguments[1] is IntegerLiteral, $"{call.Name} period must be an integer");
        Require(call.Arguments[1] is IntegerLiteral { Value: >= 1 }, $"{call.Name} period must be greater than or equal to 1");
    }

    /// <summary>-1 stands for the function's own hold period.</summary>
    private static void CheckHoldPeriod(Call call, int leastHold)
    {
        if (call.Arguments.Count < 3)
        {
            return;
        }

        if (call.Arguments[2] is not IntegerLiteral { Value: var hold })
        {
            throw new QueryException($"{call.Name} hold period must be an integer");
        }

        Require(hold >= leastHold || hold == -1, $"{call.Name} hold period must be greater than or equal to {leastHold}");
    }

    private static void CheckWarmup(Call call, params string[] kinds)
    {
        if (call.Arguments.Count < 4)
        {
            return;
        }

        if (call.Arguments[3] is not StringLiteral { Value: var kind })
        {
            throw new QueryException($"{call.Name} warmup type must be a string");
        }

        var names = string.Join(' ', kinds.Select(name => $"'{name}'"));
        Require(kinds.Contains(kind), $"{call.Name} warmup type must be one of: {names}");
    }

    private void CheckHoltWinters(Call call)
    {
        RequireCount(call, 3);
        if (call.Arguments[1] is not IntegerLiteral { Value: var points })
        {
            throw new QueryException($"expected integer argument as second arg in {call.Name}");
        }

        Require(points > 0, $"second arg to {call.Name} must be greater than 0, got {points}");
        if (call.Arguments[2] is not IntegerLiteral { Value: var season })
        {
            throw new QueryException($"expected integer argument as third arg in {call.Name}");
        }

        Require(season >= 0, $"third arg to {call.Name} cannot be negative, got {season}");
        Require(call.Arguments[0] is Call, $"must use aggregate function with {call.Name}");
        CheckTransformed(call);
    }

    private void CheckTransformed(Call call)
    {
        onlySelectors = false;
        if (call.Arguments[0] is Call inner)
        {
            Require(hasInterval, $"{call.Name} aggregate requires a GROUP BY interval");
            CheckNested(inner);
            return;
        }

        Require(!hasInterval || isInherited, $"aggregate function required inside the call to {call.Name}");
        CheckSymbol(call);
    }

    private void CheckNested(Call call)
    {
        if (call.Name == "distinct")
        {
            CheckDistinct(call.Arguments, isNested: true);
        }
        else
        {
            Check(call);
        }
    }
}
