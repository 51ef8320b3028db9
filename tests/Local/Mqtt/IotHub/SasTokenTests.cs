using Serverless.Local.Mqtt.IotHub;

namespace Serverless.Local.Tests.Mqtt.IotHub;

public sealed class SasTokenTests
{
    private const string Key = "ZGV2aWNlS2V5Rm9yVGVzdA==";
    private const string Signed =
        "SharedAccessSignature sr=localhost%2Fdevices%2Fdev1&sig=A7Ivfcfu8va%2B7YT08Bb7%2FidgrQiGSvmvduqPecZyM7Q%3D&se=1795291198";

    [Fact]
    public void A_token_of_the_device_SDK_is_verified()
    {
        var token = SasToken.Parse(Signed);
        Assert.NotNull(token);
        Assert.Equal("localhost/devices/dev1", token.Resource);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1795291198), token.Expires);
        Assert.False(token.OfPolicy);
        Assert.True(token.IsSignedWith(Key));
    }

    [Theory]
    [InlineData("AAAA")]
    [InlineData("not base64!")]
    [InlineData("")]
    [InlineData(null)]
    public void Another_key_does_not_fit(string? key) => Assert.False(SasToken.Parse(Signed)!.IsSignedWith(key));

    [Theory]
    [InlineData("localhost%2Fdevices", "localhost%2fdevices")]
    [InlineData("1795291198", "1795291199")]
    [InlineData("A7Iv", "B7Iv")]
    public void Another_text_does_not_fit(string part, string other) =>
        Assert.False(SasToken.Parse(Signed.Replace(part, other, StringComparison.Ordinal))!.IsSignedWith(Key));

    [Fact]
    public void The_parts_may_come_in_any_order()
    {
        var parts = Signed[SasToken.Prefix.Length..].Split('&');
        Assert.True(SasToken.Parse(SasToken.Prefix + string.Join('&', parts.Reverse()))!.IsSignedWith(Key));
    }

    [Fact]
    public void A_policys_name_is_noticed() => Assert.True(SasToken.Parse(Signed + "&skn=device")!.OfPolicy);

    [Theory]
    [InlineData("")]
    [InlineData("SharedAccessSignature ")]
    [InlineData("SharedAccessSignature sr=a&sig=AAAA")]
    [InlineData("SharedAccessSignature sr=a&sig=AAAA&se=soon")]
    [InlineData("SharedAccessSignature sr=a&sig=AAAA&se=-1")]
    [InlineData("SharedAccessSignature sr=a&sig=AAAA&se=99999999999999999")]
    [InlineData("SharedAccessSignature sr=a&sig=???&se=1")]
    [InlineData("sr=a&sig=AAAA&se=1")]
    public void Other_text_is_no_token(string text) => Assert.Null(SasToken.Parse(text));
}
