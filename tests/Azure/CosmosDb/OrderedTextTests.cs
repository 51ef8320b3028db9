using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Serverless.Azure.CosmosDb;
using Serverless.Domain.Documents;

namespace Serverless.Azure.Tests.CosmosDb;

public class OrderedTextTests
{
    private static readonly Gen<string> Texts = Gen.Elements([
            .. Enumerable.Range(0, 128).Select(code => $"{(char)code}"),
            "é",
            "ÿ",
            "日",
            "\uD7FF",
            "\uE000",
            "\uFFFD",
            "😀",
        ])
        .ListOf()
        .Select(string.Concat)
        .Resize(12);

    [Fact]
    public void Encoding_keeps_the_text_and_its_order() =>
        Prop.ForAll(
                Texts.Two().ToArbitrary(),
                pair =>
                {
                    var (left, right) = (OrderedText.Encode(pair.Item1), OrderedText.Encode(pair.Item2));
                    Assert.Equal(pair.Item1, OrderedText.Decode(left));
                    Assert.Equal(
                        Math.Sign(FilterEvaluator.CompareStrings(pair.Item1, pair.Item2)),
                        Math.Sign(string.CompareOrdinal(left, right))
                    );
                    Assert.DoesNotContain(left, character => "/\\?#%\" ".Contains(character) || character > '~');
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void A_text_without_UTF8_is_refused() => Assert.ThrowsAny<ArgumentException>(() => OrderedText.Encode("\uD800"));

    [Fact]
    public void Sort_keys_order_as_the_contract_does()
    {
        double[] numbers = [double.MinValue, -1e100, -1.5, -1, -1e-9, 0, 1e-9, 0.5, 1, 9007199254740991, 1e100];
        JsonNode?[] members =
        [
            null,
            false,
            true,
            .. numbers.Select(number => (JsonNode)number),
            "",
            "A",
            "a",
            "é",
            "\uE000",
            "😀",
            new JsonArray(),
        ];

        var keys = members.Select(member => KeyOf(new JsonObject { ["m"] = member })).ToList();

        Assert.Equal(keys.Order(StringComparer.Ordinal), keys);
        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.Equal(KeyOf([]), keys[0]);
        Assert.Equal(KeyOf(new JsonObject { ["m"] = new JsonObject() }), keys[^1]);
        Assert.Equal(KeyOf(new JsonObject { ["m"] = -0.0 }), KeyOf(new JsonObject { ["m"] = 0 }));
    }

    [Fact]
    public void Long_ids_are_cut_and_stay_apart()
    {
        var (left, right) = (new string('é', 2000) + "1", new string('é', 2000) + "2");

        Assert.NotEqual(ItemId.Of("k", left), ItemId.Of("k", right));
        Assert.InRange(ItemId.Of("k", left).Length, 900, 1023);
        Assert.True(ItemId.IsCut(ItemId.Of("k", left)));
        Assert.False(ItemId.IsCut(ItemId.Of("k", "~~")));
        Assert.Equal("~~", ItemId.Read(ItemId.Of("k", "~~")));
    }

    private static string KeyOf(JsonObject body) => SortKey.Of("m", System.Text.Json.JsonDocument.Parse(body.ToJsonString()).RootElement);
}
