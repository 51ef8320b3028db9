using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Regexes;

namespace Serverless.InfluxQL.Tests.Regexes;

public sealed class RegexTests
{
    [Theory]
    [MemberData(nameof(WrongPatterns.All), MemberType = typeof(WrongPatterns))]
    public void A_wrong_pattern_is_refused_in_the_words_of_the_real_server(string pattern, string error) =>
        Assert.Equal(error, RegexSyntax.FindError(pattern));

    [Fact]
    public void A_pattern_of_too_many_states_is_refused()
    {
        var pattern = string.Concat(Enumerable.Repeat("a{0,1000}", 200));
        Assert.Null(RegexSyntax.FindError(pattern));
        var error = Assert.Throws<QueryException>(() => RegexSyntax.ToRegex(pattern));
        Assert.Equal("regular expression is too large", error.Message);
    }

    [Theory]
    [InlineData("^a|b$", "ax", true)]
    [InlineData("^(a|b)$", "ax", false)]
    [InlineData("a$", "a\n", false)]
    [InlineData("(?m)a$", "a\nb", true)]
    [InlineData("(?i)HOST", "my host", true)]
    [InlineData("a(?i)b|c", "C", true)]
    [InlineData("(?i:a)b", "AB", false)]
    [InlineData("^.$", "\n", false)]
    [InlineData("(?s)^.$", "\n", true)]
    [InlineData("\\d", "٣", false)]
    [InlineData("^[[:alpha:]_]+$", "a_b", true)]
    [InlineData("^[^[:^digit:]]$", "5", true)]
    [InlineData("^[]a]+$", "]a]", true)]
    [InlineData("^[a\\-z]$", "b", false)]
    [InlineData("^\\Qa.b\\E+$", "a.bb", true)]
    [InlineData("^\\x41\\x{42}\\103$", "ABC", true)]
    [InlineData("^(?P<n>a){2,3}?$", "aaa", true)]
    [InlineData("a{,2}", "a{,2}", true)]
    [InlineData("\\bb\\b", "a b c", true)]
    [InlineData("^\\p{Greek}\\p{Lu}$", "αÄ", true)]
    [InlineData("^\\PL$", "1", true)]
    [InlineData("^[^a]$", "\n", true)]
    [InlineData("a#b ", "a#b ", true)]
    [InlineData("", "x", true)]
    public void A_pattern_matches_as_in_Go(string pattern, string text, bool matches)
    {
        Assert.Null(RegexSyntax.FindError(pattern));
        Assert.Equal(matches, RegexSyntax.ToRegex(pattern).IsMatch(text));
    }

    [Fact]
    public void Mutated_patterns_are_refused_or_become_expressions()
    {
        string[] pieces =
        [
            "a",
            "b",
            "(",
            ")",
            "[",
            "]",
            "|",
            "*",
            "+",
            "?",
            "{2}",
            "{1,3}",
            "\\d",
            "\\",
            "^",
            "$",
            ".",
            "(?i)",
            "(?:",
            "[^",
            "-",
            ":",
            "\\pL",
            "[[:alpha:]]",
            "é",
            "🙂",
            "/",
        ];
        var random = new Random(3);
        for (var i = 0; i < 3000; i++)
        {
            var pattern = string.Concat(Enumerable.Range(0, random.Next(10)).Select(_ => pieces[random.Next(pieces.Length)]));
            if (RegexSyntax.FindError(pattern) is null)
            {
                _ = RegexSyntax.ToRegex(pattern).IsMatch("ab1");
            }
        }
    }
}
