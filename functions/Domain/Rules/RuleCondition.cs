using Serverless.Domain.Series;

namespace Serverless.Domain.Rules;

/// <summary>How a value is held against a rule's threshold.</summary>
public enum RuleOperator
{
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,

    /// <summary>Below the threshold or above the upper one.</summary>
    Outside,

    /// <summary>From the threshold to the upper one.</summary>
    Inside,
}

/// <summary>When a rule's condition begins to hold, and when it is over.</summary>
/// <remarks>Numbers and flags (1 and 0) are compared as float64; a text only with a text, and only for = and !=. Not-a-number fits no condition, and ends none.</remarks>
public sealed record RuleCondition
{
    public RuleOperator Operator { get; init; }

    /// <summary>What the value is compared with; of a range the lower end.</summary>
    public double Threshold { get; init; }

    /// <summary>The upper end of a range, else null.</summary>
    public double? Upper { get; init; }

    /// <summary>The text that the value is compared with in place of <see cref="Threshold"/>, for = and !=; else null.</summary>
    public string? Text { get; init; }

    /// <summary>How far a value must come back over the threshold before the condition is over, in the value's unit; 0 and up.</summary>
    public double Hysteresis { get; init; }

    /// <summary>Whether a value begins the condition.</summary>
    public bool Begins(in FieldValue value) =>
        Text is not null
            ? TextOf(value) is { } text && (Operator == RuleOperator.Equal) == (text == Text)
            : NumberOf(value) is { } number && Holds(number, 0);

    /// <summary>Whether a value ends the condition. A value within the hysteresis neither begins nor ends it.</summary>
    public bool Ends(in FieldValue value) =>
        Text is not null ? TextOf(value) is not null && !Begins(value) : NumberOf(value) is { } number && !Holds(number, Hysteresis);

    /// <summary>Whether the condition holds for a number, with the threshold moved out of the way by a slack.</summary>
    private bool Holds(double value, double slack) =>
        Operator switch
        {
            RuleOperator.Less => value < Threshold + slack,
            RuleOperator.LessOrEqual => slack > 0 ? value < Threshold + slack : value <= Threshold,
            RuleOperator.Greater => value > Threshold - slack,
            RuleOperator.GreaterOrEqual => slack > 0 ? value > Threshold - slack : value >= Threshold,
            RuleOperator.Equal => Math.Abs(value - Threshold) <= slack,
            RuleOperator.NotEqual => Math.Abs(value - Threshold) > 0,
            RuleOperator.Outside => value < Threshold + slack || value > Upper - slack,
            _ => value >= Threshold - slack && value <= Upper + slack,
        };

    private static double? NumberOf(in FieldValue value)
    {
        double? number = value.Type switch
        {
            FieldType.Float => value.Float,
            FieldType.Integer => value.Integer,
            FieldType.Boolean => value.Boolean ? 1 : 0,
            _ => null,
        };
        return number is { } real && double.IsNaN(real) ? null : number;
    }

    private static string? TextOf(in FieldValue value) => value.Type == FieldType.String ? value.Text : null;

    /// <exception cref="DomainException">A member is wrong; the message names it.</exception>
    public void Check()
    {
        var isRange = Operator is RuleOperator.Outside or RuleOperator.Inside;
        if (!double.IsFinite(Threshold) || !double.IsFinite(Hysteresis) || Hysteresis < 0)
        {
            throw DomainException.Invalid(
                "condition",
                "A threshold and a hysteresis are finite numbers, and the hysteresis is not negative."
            );
        }

        if (isRange ? Upper is not { } upper || !double.IsFinite(upper) || upper < Threshold : Upper is not null)
        {
            throw DomainException.Invalid("upper", "A range, and nothing else, has an upper end, and it is not below the threshold.");
        }

        if (Operator == RuleOperator.Outside && Threshold + Hysteresis > Upper - Hysteresis)
        {
            throw DomainException.Invalid("hysteresis", "The hysteresis leaves no value by which the condition would be over.");
        }

        if (Text is not null && (Operator is not (RuleOperator.Equal or RuleOperator.NotEqual) || Text.Length > 1024))
        {
            throw DomainException.Invalid("text", "A text of at most 1,024 characters is compared by = and != alone.");
        }

        if (Hysteresis > 0 && (Text is not null || Operator == RuleOperator.NotEqual))
        {
            throw DomainException.Invalid("hysteresis", "A text, and the operator !=, have no hysteresis.");
        }
    }
}
