using FsCheck;
using FsCheck.Fluent;
using Serverless.Azure.TableStorage;
using Serverless.Domain.Series;

namespace Serverless.Azure.Tests.TableStorage;

public sealed class KeyEscapeTests
{
    private static readonly Arbitrary<string[]> Pairs = Gen.Choose(0, 0x250)
        .Select(c => (char)c)
        .ListOf()
        .Select(list => new string([.. list.Take(90)]))
        .Two()
        .Select(pair => new[] { pair.Item1, pair.Item2 })
        .ToArbitrary();

    [Theory]
    [InlineData("acme-1_B|x", "acme-1_B|x")]
    [InlineData("a/b", "a.002fb")]
    [InlineData("b\0", "b!0000")]
    [InlineData("#'", "!0023!0027")]
    [InlineData("a~ä", "a}007e}00e4")]
    public void What_is_not_plain_is_escaped(string text, string key) => Assert.Equal(key, KeyEscape.Escape(text));

    [Fact]
    public void Keys_come_back_and_order_as_the_texts_do() =>
        Prop.ForAll(
                Pairs,
                pair =>
                {
                    var (first, second) = (KeyEscape.Escape(pair[0]), KeyEscape.Escape(pair[1]));
                    Assert.Equal(pair[0], KeyEscape.Unescape(first));
                    Assert.Equal(Math.Sign(string.CompareOrdinal(pair[0], pair[1])), Math.Sign(string.CompareOrdinal(first, second)));
                    Assert.DoesNotContain(first, c => c is '/' or '\\' or '#' or '?' or '%' or '\'' or '~' or < ' ' or > '~');
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void A_name_that_makes_too_long_a_key_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new PartitionKeys(new SeriesPartition("acme", new string('ж', 127), 0)));

        Assert.StartsWith("A name is too long for Table Storage", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_partition_of_any_names_is_found_again_in_the_directory()
    {
        var partition = new SeriesPartition("a~b", "c/d ~", 255);

        Assert.Equal(partition, PartitionKeys.PartitionOf(new PartitionKeys(partition).Name));
    }
}
