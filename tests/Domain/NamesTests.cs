namespace Serverless.Domain.Tests;

public sealed class NamesTests
{
    [Theory]
    [InlineData("t1", true)]
    [InlineData("A-b_9", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("$system", false)]
    [InlineData("ä", false)]
    public void An_identifier_stands_in_any_path(string name, bool good) => Assert.Equal(good, Names.IsIdentifier(name));

    [Theory]
    [InlineData("ann@example.com", true)]
    [InlineData("Jürgen M", true)]
    [InlineData("", false)]
    [InlineData("a/b", false)]
    [InlineData("a\nb", false)]
    public void A_users_name_has_no_slash(string name, bool good) => Assert.Equal(good, Names.IsUserName(name));

    [Theory]
    [InlineData("device-1", true)]
    [InlineData("-._:%#*?!(),=@$'", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("ä", false)]
    public void A_hub_id_is_made_of_iot_hubs_characters(string name, bool good) => Assert.Equal(good, Names.IsHubId(name));

    [Theory]
    [InlineData(64, 128, 128)]
    public void Names_have_lengths(int identifier, int user, int hub)
    {
        Assert.True(Names.IsIdentifier(new string('a', identifier)));
        Assert.False(Names.IsIdentifier(new string('a', identifier + 1)));
        Assert.True(Names.IsUserName(new string('a', user)));
        Assert.False(Names.IsUserName(new string('a', user + 1)));
        Assert.True(Names.IsHubId(new string('a', hub)));
        Assert.False(Names.IsHubId(new string('a', hub + 1)));
    }
}
