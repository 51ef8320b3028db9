using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Tests.Documents;

public sealed class WildcardPatternTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("*", "", true)]
    [InlineData("**", "abc", true)]
    [InlineData("a*", "a", true)]
    [InlineData("*a", "ba", true)]
    [InlineData("*a", "ab", false)]
    [InlineData("a*b*c", "a--b-b--c", true)]
    [InlineData("a*b*c", "abbbcbc", true)]
    [InlineData("a*b*c", "acb", false)]
    [InlineData("*ab", "aab", true)]
    [InlineData("é*", "éa", true)]
    [InlineData("a\0b", "a\0c", false)]
    [InlineData("a", "a\0b", false)]
    [InlineData("serverless.device.created", "serverless.device.created", true)]
    [InlineData("serverless.device.*", "serverless.device.created", true)]
    [InlineData("serverless.device.*", "serverless.device.", true)]
    [InlineData("serverless.device.*", "serverless.device", false)]
    [InlineData("*.created", "serverless.device.created", true)]
    [InlineData("*.created", "serverless.device.created.twice", false)]
    [InlineData("serverless.Device.*", "serverless.device.created", false)]
    public void A_pattern_matches_whole(string pattern, string text, bool expected)
    {
        Assert.Equal(expected, WildcardPattern.Matches(pattern, text));
        Assert.Equal(expected, WildcardPattern.Matches(Encoding.UTF8.GetBytes(pattern), Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void A_hostile_pattern_takes_no_time() =>
        Assert.False(WildcardPattern.Matches(string.Concat(Enumerable.Repeat("*a", 60)) + "b", new string('a', 10_000)));

    [Fact]
    public void Characters_and_bytes_match_what_the_regular_expression_does()
    {
        var patterns = Texts('a', 'b', '*', '.', 'é', '\n');
        var texts = Texts('a', 'b', '*', '.', 'é', '\n');
        Prop.ForAll(
                patterns.ToArbitrary(),
                texts.ToArbitrary(),
                (pattern, text) =>
                {
                    var expression = $@"\A{Regex.Escape(pattern).Replace(@"\*", ".*", StringComparison.Ordinal)}\z";
                    var expected = Regex.IsMatch(text, expression, RegexOptions.Singleline | RegexOptions.NonBacktracking);
                    return WildcardPattern.Matches(pattern, text) == expected
                        && WildcardPattern.Matches(Encoding.UTF8.GetBytes(pattern), Encoding.UTF8.GetBytes(text)) == expected;
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static Gen<string> Texts(params char[] letters) =>
        Gen.Choose(0, 8).SelectMany(length => Gen.ArrayOf(Gen.Elements(letters), length)).Select(text => new string(text));
}
