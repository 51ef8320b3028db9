using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Planning;

/// <summary>What the fields of one SELECT may be, one by one and together. Errors come in the real server's order and words.</summary>
/// <param name="statement">The SELECT.</param>
/// <param name="hasInterval">It has windows, its own or those of the SELECT around it.</param>
/// <param name="isInherited">The windows are those of the SELECT around it.</param>
/// <param name="fill">What fill() says.</param>
internal sealed partial class FieldRules(SelectStatement statement, bool hasInterval, bool isInherited, FillOption fill)
{
    private int fields;
    private int calls;
    private string? topOrBottom;
    private bool onlySelectors = true;
    private bool hasDistinct;
    private bool hasRaw;
    private bool allowsWildcard;

    /// <summary>Checks one field after the other.</summary>
    /// <exception cref="QueryException">A field is wrong.</exception>
    public void Check(Field field)
    {
        fields++;
        allowsWildcard = true;
        Check(field.Expr);
    }

    /// <summary>Checks what the fields are together, after all have been checked.</summary>
    /// <exception cref="QueryException">They do not go together.</exception>
    public void CheckTogether()
    {
        var error = this switch
        {
            { fields: 0 } => "at least 1 non-time field must be queried",
            { calls: > 1, topOrBottom: not null } => CannotCombine(),
            { calls: 0 } when fill == FillOption.None => "fill(none) must be used with a function",
            { calls: 0 } when fill == FillOption.Linear => "fill(linear) must be used with a function",
            { calls: 0 } when hasInterval && !isInherited => "GROUP BY requires at least one aggregate function",
            { hasDistinct: true } when calls != 1 || hasRaw =>
                "aggregate function distinct() cannot be combined with other functions or fields",
            { hasRaw: true, onlySelectors: false } => "mixing aggregate and non-aggregate queries is not supported",
            { hasRaw: true, calls: > 1 } => "mixing multiple selector functions with tags or fields is not supported",
            _ => null,
        };
        if (error is not null)
        {
            throw new QueryException(error);
        }
    }

    private string CannotCombine() => $"selector function {topOrBottom}() cannot be combined with other functions";

    private void Check(Expr expr)
    {
        switch (expr)
        {
            case VarRef:
                hasRaw = true;
                break;
            case Wildcard:
                hasRaw = true;
                Require(allowsWildcard, "unable to use wildcard in a binary expression");
                break;
            case RegexLiteral:
                Require(allowsWildcard, "unable to use regex in a binary expression");
                hasRaw = true;
                break;
            case Call call when MathFunctions.Contains(call.Name):
                CheckMath(call);
                break;
            case Call call:
                calls++;
                CheckCall(call);
                break;
            case DistinctExpr:
                calls++;
                CheckDistinct([expr], isNested: false);
                break;
            case BinaryExpr binary:
                CheckBinary(binary);
                break;
            case ParenExpr paren:
                Check(paren.Inner);
                break;
            default:
                throw new QueryException("field must contain at least one variable");
        }
    }

    /// <summary>Wildcards are expanded only where they stand alone or in a call.</summary>
    private void CheckBinary(BinaryExpr binary)
    {
        allowsWildcard = false;
        Require(binary is not { Left: Literal, Right: Literal }, "cannot perform a binary expression on two literals");
        if (binary.Left is not Literal)
        {
            Check(binary.Left);
        }

        if (binary.Right is not Literal)
        {
            Check(binary.Right);
        }
    }

    private void CheckMath(Call call)
    {
        var count = MathFunctions.ArgumentCount(call.Name);
        RequireCount(call, count);
        foreach (var argument in call.Arguments)
        {
            if (argument is not Literal)
            {
                Check(argument);
            }
        }
    }

    private static void Require(bool holds, string error)
    {
        if (!holds)
        {
            throw new QueryException(error);
        }
    }
}
