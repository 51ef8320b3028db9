using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Serverless.Local.Certificates;
using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Tests.Mqtt.Support;
using static Serverless.Local.Tests.Mqtt.Support.TestEndpoint;

namespace Serverless.Local.Tests.Mqtt.Server;

public sealed class TlsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mqtt-tls-").FullName;
    private readonly DevelopmentCertificates certificates;
    private readonly X509Certificate2 own = MakeCertificate();

    public TlsTests() => certificates = DevelopmentCertificates.Open(folder, TimeProvider.System);

    [Fact]
    public async Task A_token_works_over_TLS()
    {
        await using var endpoint = await StartAsync(certificates);
        await endpoint.RegisterAsync("dev1");
        await using var device = await endpoint.OpenTlsAsync();
        var code = await device.ConnectAsync(ClientPackets.Connect("dev1", UserName("dev1"), endpoint.Token("dev1")));
        Assert.Equal(ConnectReturnCode.Accepted, code);
    }

    [Theory]
    [InlineData("SHA1", true)]
    [InlineData("SHA256", true)]
    [InlineData("colons", true)]
    [InlineData("another", false)]
    public async Task A_certificate_is_known_by_its_thumbprint(string kind, bool accepted)
    {
        await using var endpoint = await StartAsync(certificates);
        var thumbprint = kind switch
        {
            "SHA1" => own.GetCertHashString(HashAlgorithmName.SHA1),
            "SHA256" => own.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant(),
            "colons" => string.Join(':', own.GetCertHashString(HashAlgorithmName.SHA1).Chunk(2).Select(pair => new string(pair))),
            _ => new string('A', 40),
        };
        await endpoint.RegisterAsync("dev1", enabled: true, thumbprint);
        await using var device = await endpoint.OpenTlsAsync(own);
        var code = await device.ConnectAsync(ClientPackets.Connect("dev1", UserName("dev1")));
        Assert.Equal(accepted ? ConnectReturnCode.Accepted : ConnectReturnCode.NotAuthorized, code);
    }

    [Fact]
    public async Task No_certificate_and_no_password_is_refused()
    {
        await using var endpoint = await StartAsync(certificates);
        await endpoint.RegisterAsync("dev1", enabled: true, own.Thumbprint);
        await using var device = await endpoint.OpenTlsAsync();
        Assert.Equal(ConnectReturnCode.NotAuthorized, await device.ConnectAsync(ClientPackets.Connect("dev1", UserName("dev1"))));
    }

    public void Dispose()
    {
        own.Dispose();
        certificates.Server.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=dev1", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(2));
    }
}
