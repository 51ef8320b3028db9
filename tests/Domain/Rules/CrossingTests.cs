using FsCheck;
using FsCheck.Fluent;
using Serverless.Domain;
using Serverless.Domain.Rules;
using Serverless.Domain.Series;

namespace Serverless.Domain.Tests.Rules;

public sealed class CrossingTests
{
    [Theory]
    [InlineData(RuleOperator.Less, 10, null, 0, "12 10 9 10", "..+-")]
    [InlineData(RuleOperator.LessOrEqual, 10, null, 0, "11 10 11", ".+-")]
    [InlineData(RuleOperator.Greater, 10, null, 2, "10 11 9 8", ".+.-")]
    [InlineData(RuleOperator.GreaterOrEqual, 10, null, 2, "9 10 9 8 10", ".+.-+")]
    [InlineData(RuleOperator.Equal, 10, null, 1, "9 10 11 12", ".+.-")]
    [InlineData(RuleOperator.NotEqual, 10, null, 0, "10 9 10", ".+-")]
    [InlineData(RuleOperator.Outside, 10, 20.0, 1, "15 21 19.5 19 9 10.5 11", ".+.-+.-")]
    [InlineData(RuleOperator.Inside, 10, 20.0, 1, "9 10 21 22 15", ".+.-+")]
    public void Each_operator_begins_at_the_threshold_and_ends_beyond_the_hysteresis(
        RuleOperator compared,
        double threshold,
        double? upper,
        double hysteresis,
        string values,
        string expected
    )
    {
        var condition = new RuleCondition
        {
            Operator = compared,
            Threshold = threshold,
            Upper = upper,
            Hysteresis = hysteresis,
        };
        condition.Check();

        var history = values.Split(' ').Select((text, at) => ((long)at, FieldValue.Of(double.Parse(text))));

        Assert.Equal(expected, Trace(condition, 0, history));
    }

    [Fact]
    public void A_condition_must_have_held_for_its_duration_without_a_break()
    {
        var condition = new RuleCondition { Operator = RuleOperator.Greater, Threshold = 0 };

        var history = new (long, double)[] { (0, 1), (9, 1), (10, 0), (11, 1), (20, 1), (21, 1), (30, 1), (31, 0) };

        Assert.Equal(".....+.-", Trace(condition, 10, history.Select(point => (point.Item1, FieldValue.Of(point.Item2)))));
    }

    [Fact]
    public void Texts_and_flags_are_compared_as_what_they_are()
    {
        var open = new RuleCondition { Operator = RuleOperator.Equal, Text = "open" };
        Assert.Equal(
            ".+.-",
            Trace(open, 0, [(0, FieldValue.Of("shut")), (1, FieldValue.Of("open")), (2, FieldValue.Of(1.0)), (3, FieldValue.Of("shut"))])
        );
        var on = new RuleCondition { Operator = RuleOperator.Equal, Threshold = 1 };
        Assert.Equal("+.-", Trace(on, 0, [(0, FieldValue.Of(true)), (1, FieldValue.Of(double.NaN)), (2, FieldValue.Of(false))]));
    }

    [Theory]
    [InlineData(RuleOperator.Less, 1, 2.0, 0, null)]
    [InlineData(RuleOperator.Outside, 1, null, 0, null)]
    [InlineData(RuleOperator.Inside, 2, 1.0, 0, null)]
    [InlineData(RuleOperator.Outside, 1, 2.0, 1, null)]
    [InlineData(RuleOperator.Less, 1, null, -1, null)]
    [InlineData(RuleOperator.Less, double.NaN, null, 0, null)]
    [InlineData(RuleOperator.Less, 1, null, 0, "text")]
    [InlineData(RuleOperator.NotEqual, 1, null, 1, null)]
    public void A_condition_that_makes_no_sense_is_refused(
        RuleOperator compared,
        double threshold,
        double? upper,
        double hysteresis,
        string? text
    ) =>
        Assert.Throws<DomainException>(() =>
            new RuleCondition
            {
                Operator = compared,
                Threshold = threshold,
                Upper = upper,
                Hysteresis = hysteresis,
                Text = text,
            }.Check()
        );

    [Fact]
    public void Any_history_with_doubles_and_disorder_crosses_as_the_slow_and_obvious_evaluator_says() =>
        Prop.ForAll(
                Cases().ToArbitrary(),
                one => Trace(one.Condition, one.Duration, one.History) == Obvious(one.Condition, one.Duration, one.History)
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void Any_history_of_values_and_looks_is_silent_as_the_slow_and_obvious_evaluator_says() =>
        Prop.ForAll(Histories().ToArbitrary(), one => TraceSilence(one.Duration, one.History) == ObviousSilence(one.Duration, one.History))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    /// <summary>What happens at each value, and at each look for silence (no time): + for a crossing, - for its end. A step takes one unit of time.</summary>
    private static string TraceSilence(long duration, IReadOnlyList<int?> history)
    {
        var (crossing, trace) = (Crossing.None, "");
        for (var now = 0; now < history.Count; now++)
        {
            var before = crossing.Active;
            crossing = crossing.Listen(duration, history[now] ?? 0, now, begins: history[now] is null);
            trace +=
                crossing.Active == before ? '.'
                : crossing.Active ? '+'
                : '-';
        }

        return trace;
    }

    /// <summary>Looks at the whole history anew for each step: silence is counted from the newest of 0 and all values so far, begins at looks, and ends with values.</summary>
    private static string ObviousSilence(long duration, IReadOnlyList<int?> history)
    {
        var (active, trace) = (false, "");
        for (var now = 0; now < history.Count; now++)
        {
            var isSilent = now - history.Take(now + 1).Max(time => time ?? 0) >= duration;
            var after = isSilent && (active || history[now] is null);
            trace +=
                active == after ? '.'
                : after ? '+'
                : '-';
            active = after;
        }

        return trace;
    }

    private static Gen<(long Duration, IReadOnlyList<int?> History)> Histories() =>
        from duration in Gen.Choose(1, 6)
        from history in Gen.OneOf(Gen.Constant((int?)null), Gen.Choose(-3, 20).Select(time => (int?)time)).ListOf(20)
        select ((long)duration, (IReadOnlyList<int?>)[.. history]);

    /// <summary>What happens at each value: + for a crossing, - for its end.</summary>
    private static string Trace(RuleCondition condition, long duration, IEnumerable<(long Time, FieldValue Value)> history)
    {
        var (crossing, trace) = (Crossing.None, "");
        foreach (var (time, value) in history)
        {
            var before = crossing.Active;
            crossing = crossing.Take(condition, duration, time, value);
            trace +=
                crossing.Active == before ? '.'
                : crossing.Active ? '+'
                : '-';
        }

        return trace;
    }

    /// <summary>Looks at the whole history anew for each value: values that are not newer than all before them do not count, and of the others the condition must hold without a break.</summary>
    private static string Obvious(RuleCondition condition, long duration, IReadOnlyList<(long Time, FieldValue Value)> history)
    {
        var trace = "";
        for (var i = 0; i < history.Count; i++)
        {
            var isNew = history.Take(i).All(before => before.Time < history[i].Time);
            var (before, after) = (ActiveAt(Counted(i)), ActiveAt(Counted(i + 1)));
            trace +=
                !isNew || before == after ? '.'
                : after ? '+'
                : '-';
        }

        return trace;

        List<(long Time, FieldValue Value)> Counted(int count) =>
            [.. history.Take(count).Where((point, at) => history.Take(at).All(before => before.Time < point.Time))];

        bool ActiveAt(List<(long Time, FieldValue Value)> points)
        {
            if (points.Count == 0)
            {
                return false;
            }

            var last = points[^1];
            if (ActiveAt(points[..^1]))
            {
                return !condition.Ends(last.Value);
            }

            var run = points.AsEnumerable().Reverse().TakeWhile(point => condition.Begins(point.Value)).ToList();
            return run.Count > 0 && last.Time - run[^1].Time >= duration;
        }
    }

    private static Gen<(RuleCondition Condition, long Duration, IReadOnlyList<(long, FieldValue)> History)> Cases() =>
        from compared in Gen.Elements(Enum.GetValues<RuleOperator>())
        from threshold in Gen.Choose(-2, 2)
        from width in Gen.Choose(0, 4)
        from slack in Gen.Choose(0, 2)
        from duration in Gen.Choose(0, 4)
        from history in Gen.Zip(Gen.Choose(0, 12), Gen.Choose(-5, 5)).ListOf(12)
        select (
            new RuleCondition
            {
                Operator = compared,
                Threshold = threshold,
                Upper = compared is RuleOperator.Inside or RuleOperator.Outside ? threshold + width : null,
                Hysteresis =
                    compared == RuleOperator.NotEqual ? 0
                    : compared == RuleOperator.Outside ? Math.Min(slack, width / 2.0)
                    : slack,
            },
            (long)duration,
            (IReadOnlyList<(long, FieldValue)>)[.. history.Select(point => ((long)point.Item1, FieldValue.Of((double)point.Item2)))]
        );
}
