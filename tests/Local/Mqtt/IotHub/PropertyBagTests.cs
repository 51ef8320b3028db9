using FsCheck;
using FsCheck.Fluent;
using Serverless.Local.Mqtt.IotHub;

namespace Serverless.Local.Tests.Mqtt.IotHub;

public sealed class PropertyBagTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("?a=1", "a=1")]
    [InlineData("a=1/", "a=1")]
    [InlineData("a=1&&b", "a=1;b=")]
    [InlineData("a=x=y", "a=x=y")]
    [InlineData("a=1+2&a=3", "a=3")]
    [InlineData("a=%ZZ", "a=%ZZ")]
    [InlineData("$.unknown=1&%24.cdid=forged", "")]
    public void Bags_are_decoded_with_patience(string bag, string expected)
    {
        var properties = new Dictionary<string, string>();
        PropertyBag.Decode(bag, [], properties);
        Assert.Equal(expected, string.Join(';', properties.Select(pair => $"{pair.Key}={pair.Value}")));
    }

    [Fact]
    public void What_is_encoded_is_decoded() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<Dictionary<NonEmptyString, NonNull<string>>>(),
                given =>
                {
                    var properties = given
                        .Where(pair => !pair.Key.Get.StartsWith("$.", StringComparison.Ordinal) && IsText(pair.Key.Get + pair.Value.Get))
                        .ToDictionary(pair => pair.Key.Get, pair => pair.Value.Get);
                    var system = new Dictionary<string, string> { ["message-id"] = "a/b c&d=e", ["content-type"] = "" };
                    var (decodedSystem, decoded) = (new Dictionary<string, string>(), new Dictionary<string, string>());
                    PropertyBag.Decode(PropertyBag.Encode(system, properties), decodedSystem, decoded);
                    Assert.Equal(system, decodedSystem);
                    Assert.Equal(properties, decoded);
                }
            )
            .QuickCheckThrowOnFailure();

    private static bool IsText(string text) => text.EnumerateRunes().All(rune => rune.Value != 0xFFFD);
}
