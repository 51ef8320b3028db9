using Serverless.Domain.Devices;

namespace Serverless.Domain.Tests.Devices;

public sealed class SharedAccessSignatureTests
{
    [Fact]
    public void A_token_is_signed_over_its_escaped_resource_and_expiry() =>
        Assert.Equal(
            "SharedAccessSignature sr=hub.example%2Fdevices%2Fdevice-1&sig=" + Signature + "&se=1767225600",
            SharedAccessSignature.ForDevice(
                "hub.example",
                "device-1",
                "MDEyMzQ1Njc4OWFiY2RlZg==",
                new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)
            )
        );

    // printf 'hub.example%%2Fdevices%%2Fdevice-1\n1767225600' | openssl dgst -sha256 -hmac 0123456789abcdef -binary | base64
    private const string Signature = "HNIPCjodwcQyLRK50Za1MAkAP7FqHrkzApSui5qkK7A%3D";
}
