using Serverless.Domain.Series;

namespace Serverless.Domain.Tests.Series;

public sealed class TagSetTests
{
    [Fact]
    public void Tags_are_a_set_whatever_their_order()
    {
        var one = TagSet.Of(KeyValuePair.Create("b", "2"), KeyValuePair.Create("a", "1"));
        var two = TagSet.Of(KeyValuePair.Create("a", "1"), KeyValuePair.Create("b", "2"));

        Assert.Equal(one, two);
        Assert.Equal(one.GetHashCode(), two.GetHashCode());
        Assert.Equal("a=1,b=2", one.ToString());
        Assert.Equal("2", one["b"]);
        Assert.Null(one["c"]);
        Assert.NotEqual(one, TagSet.Of("a", "1"));
    }

    [Fact]
    public void An_empty_value_is_no_tag_and_the_last_of_equal_keys_stands()
    {
        Assert.Same(TagSet.Empty, TagSet.Of("a", ""));
        Assert.Equal("a=2", TagSet.Of(KeyValuePair.Create("a", "1"), KeyValuePair.Create("a", "2")).ToString());
        Assert.Equal(0, TagSet.Of(KeyValuePair.Create("a", "1"), KeyValuePair.Create("a", "")).Count);
    }
}
