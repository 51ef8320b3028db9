using System.Text;
using Serverless.Local.Sqlite;

namespace Serverless.Local.Tests.Sqlite;

public class WildcardTests
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
    [InlineData("a*b*c", "acb", false)]
    [InlineData("*ab", "aab", true)]
    [InlineData("é*", "éa", true)]
    [InlineData("a\0b", "a\0c", false)]
    [InlineData("a", "a\0b", false)]
    public void A_pattern_matches_whole(string pattern, string text, bool matches) =>
        Assert.Equal(matches, Wildcard.Matches(Encoding.UTF8.GetBytes(pattern), Encoding.UTF8.GetBytes(text)));
}
