using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Devices;

/// <summary>A device that proves itself by a certificate of its own making.</summary>
[Collection(SharedCloudTests.Name)]
public sealed class CertificateTests(SharedCloud shared) : IDisposable
{
    private readonly ScratchFolder folder = new();

    [Fact]
    public async Task A_device_publishes_with_a_certificate_whose_thumbprint_it_has()
    {
        var device = shared.TakeDevice();
        var (certificate, key, thumbprint) = MakeCertificate(device.Uuid);
        using var management = await ManagementClient.LogInAsync(shared.Cloud.Http, SharedCloud.Admin);
        await management.DoAsync(
            HttpMethod.Put,
            $"devices/{device.Uuid}/keys",
            new JsonObject { ["thumbprints"] = new JsonArray(thumbprint) }
        );

        await using var node = await NodeDevice.StartAsync();
        await node.CallAsync("open", Options(device, certificate, key));
        await node.SendAsync(JsonNode.Parse("""{"timestamp":1595328301000,"temp":21.5}""")!);

        Assert.Equal(
            $$$"""{"{{{device.Uuid}}}":{"auto~temp":[{"timestamp":"2020-07-21T10:45:01Z","values":{"value":21.5}}]}}""",
            await shared.Reader.LastAsync(device.Uuid, "auto~temp")
        );
    }

    [Fact]
    public async Task A_certificate_whose_thumbprint_no_device_has_is_refused()
    {
        var device = shared.TakeDevice();
        var (certificate, key, _) = MakeCertificate(device.Uuid);

        await using var node = await NodeDevice.StartAsync();
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => node.CallAsync("open", Options(device, certificate, key)));

        Assert.Contains("UnauthorizedError", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private JsonObject Options(TestDevice device, string certificate, string key) =>
        new()
        {
            ["connection"] = $"HostName=localhost:{shared.Cloud.MqttsPort};DeviceId={device.Uuid};x509=true",
            ["ca"] = shared.Cloud.AuthorityPath,
            ["cert"] = certificate,
            ["key"] = key,
        };

    private (string Certificate, string Key, string Thumbprint) MakeCertificate(string deviceId)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={deviceId}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return (
            folder.Write("device.pem", certificate.ExportCertificatePem()),
            folder.Write("device.key", key.ExportPkcs8PrivateKeyPem()),
            certificate.GetCertHashString(HashAlgorithmName.SHA256)
        );
    }
}
