using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Evaluation;

namespace Serverless.InfluxQL.Tests.Evaluation;

public sealed class ConditionTests
{
    /// <summary>Conditions, and the rows that the real server gives for them.</summary>
    public static TheoryData<string> Recorded =>
        new(
            """
            f > 1 => 1 4 5
            1 < f => 1 4 5
            f = 4 => 4
            i = 3.0 => 1
            i > 2.5 => 1 4 5
            i/2 = 1 => 1
            i/2 = 1.5 =>
            i/2.0 = 1.5 => 1
            i%4=3 => 1 4
            i/0=0 => 1 2 3 4 5
            f/0=0 => 1 2 3 4 5
            f%0=0 =>
            i & 1 = 1 => 1 3 4 5
            i&1 => 1 2 3 4 5
            b=true => 1 3
            b = 'true' =>
            b != false => 1 3
            true = b => 1 3
            s = 'a' => 1
            s != 'a' => 2 3 5
            s = 3 =>
            s > 'a' =>
            s =~ /^[ab]/ => 1 2
            s !~ /a/ => 2 3 5
            i =~ /3/ =>
            f = 'x' =>
            f != 'x' =>
            nope = 1 =>
            nope != 1 =>
            nope = '' => 1 2 3 4 5
            nope != 'x' => 1 2 3 4 5
            nope > 1 =>
            h = 'a' => 1 2 5
            h != 'a' => 3 4
            h = '' => 4
            h != '' => 1 2 3 5
            h =~ /a/ => 1 2 5
            h !~ /a/ => 3 4
            h =~ /^$/ => 4
            h > 'a' =>
            h = 3 =>
            h != 3 =>
            'a' = h => 1 2 5
            'a' != h => 3 4
            h = g => 1
            h != g => 2 3 4 5
            h = s => 1
            h != s => 2 3 5
            s = h => 1
            g = nope =>
            nope = h =>
            h = f =>
            h =~ /.*/ => 1 2 3 4 5
            h =~ // => 1 2 3 4 5
            h = 'a' or f > 3 => 1 2 4 5
            h='a' and f > 1 => 1 5
            f>3 or h='a' => 1 2 4 5
            (h='a' or g='z') and f>1 => 1 4 5
            h='a' and (g='a' or f>2) => 1 5
            true => 1 2 3 4 5
            false =>
            1=1 and f>1 => 1 4 5
            f>1 or 1=1 => 1 2 3 4 5
            'a'='a' => 1 2 3 4 5
            1 + 1 = 2 => 1 2 3 4 5
            f + i > 4 => 1 4 5
            f - i = -1.5 => 1
            h + 1 = 2 =>
            f > i => 3
            f*2 >= i => 1 2 4 5
            abs(f) > 2 => 3 4 5
            sqrt(f) > 1 => 1 4 5
            floor(f) = 1 => 1
            -f > 1 => 3
            f = 18446744073709551615 =>
            i < 18446744073709551615 => 1 2 3 4 5
            i > 9223372036854775808 =>
            s = h or s = 'b' => 1 2
            f > 1h =>
            b > false =>
            b = 1 =>
            b & true => 1 2 3 4 5
            b | false = true => 1 3
            b ^ true = true => 2
            (true ^ b) = true => 2
            (b | true) = true => 1 2 3
            (b & false) = false => 1 2 3 4 5
            (b = false) = true => 2
            (b != b) = false => 1 2 3 4 5
            s + 'x' = 'ax' =>
            b = b => 1 2 3
            h = h => 1 2 3 5
            nope = nope2 =>
            f::integer > 1 => 4 5
            i::float = 3 => 1
            h::tag = 'a' => 1 2 5
            s::tag = '' => 1 2 3 4 5
            f::string = 'a' =>
            nope !~ /x/ => 1 2 3 4 5
            f > 1 and nope = 'x' =>
            f > 1 or nope = '' => 1 2 3 4 5
            i = 3 = true => 1
            (f > 1) = true => 1 4 5
            (f > 1) = b => 1 2
            f + 1 => 1 2 3 4 5
            b = f =>
            (b & true) = true and f > 0 => 1
            (s =~ /a/) = false => 2 3 4 5
            (i =~ /a/) = false => 1 2 3 4 5
            (f+1) and f > 2 => 4 5
            s = nope =>
            nope != s =>
            'x' =~ /x/ and f > 2 => 4 5
            f%2 = 0 => 2 4
            10 / i = 3 => 1
            10 / i > 3.2 =>
            7/2 = 3.5 => 1 2 3 4 5
            i = 7/2 - 0.5 => 1
            i*2 > 7/2 => 1 4 5
            """.Split('\n')
        );

    [Theory]
    [MemberData(nameof(Recorded))]
    public void A_row_passes_where_it_does_in_the_real_server(string line)
    {
        var at = line.LastIndexOf("=>", StringComparison.Ordinal);
        var (text, expected) = (line[..at].Trim(), line[(at + 2)..].Trim());
        var condition = ExprReducer.Fold(Rows.Condition(text));
        var passing = new List<int>();
        for (var row = 0; row < Rows.Count; row++)
        {
            var rest = ExprReducer.Reduce(condition, name => Rows.Known(name, row));
            var passes = new bool[Rows.Count];
            ConditionEvaluator.Evaluate(rest, name => Rows.Find(name), Rows.Count, passes);
            if (passes[row])
            {
                passing.Add(row + 1);
            }
        }

        Assert.Equal(expected, string.Join(' ', passing));
    }

    [Fact]
    public void Where_a_subquery_is_filtered_mathematics_has_no_value()
    {
        var passes = new bool[Rows.Count];
        ConditionEvaluator.Evaluate(Rows.Condition("abs(f) > 2"), Rows.Find, Rows.Count, passes, ofSubquery: true);
        Assert.DoesNotContain(true, passes);
    }

    [Fact]
    public void A_long_chain_is_no_deep_recursion()
    {
        var text = string.Join(" OR ", Enumerable.Range(0, 1000).Select(n => $"f = {n}.5"));
        var passes = new bool[Rows.Count];
        ConditionEvaluator.Evaluate(ExprReducer.Fold(Rows.Condition(text)), Rows.Find, Rows.Count, passes);
        Assert.Equal([true, false, false, false, true], passes);
    }

    [Theory]
    [InlineData("h = 'a'", "true")]
    [InlineData("h = 'b' OR f > 1", "f > 1")]
    [InlineData("h = 'a' AND f > 1", "f > 1")]
    [InlineData("h = 'b' AND f > 1", "false")]
    [InlineData("s = h", "s = 'a'")]
    [InlineData("s = nope", "s = nope")]
    public void What_is_known_of_a_series_is_put_into_its_condition(string condition, string rest) =>
        Assert.Equal(Rows.Condition(rest), ExprReducer.Reduce(Rows.Condition(condition), name => Rows.Known(name, 0)));
}
