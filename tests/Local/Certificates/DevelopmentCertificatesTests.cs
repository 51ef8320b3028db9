using System.Security.Cryptography.X509Certificates;
using Serverless.Local.Certificates;
using Serverless.Local.Tests.Mqtt.Support;

namespace Serverless.Local.Tests.Certificates;

public sealed class DevelopmentCertificatesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("certificates-").FullName;
    private readonly FakeClock clock = new();

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void The_server_has_the_names_of_this_machine(string name)
    {
        using var server = DevelopmentCertificates.Open(folder, clock).Server;
        Assert.True(server.MatchesHostname(name));
        Assert.True(server.MatchesHostname(Environment.MachineName));
        Assert.True(server.HasPrivateKey);
    }

    [Fact]
    public void The_authority_vouches_for_the_server()
    {
        var certificates = DevelopmentCertificates.Open(folder, clock);
        using var server = certificates.Server;
        using var authority = X509CertificateLoader.LoadCertificateFromFile(certificates.AuthorityPath);
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority },
                RevocationMode = X509RevocationMode.NoCheck,
                VerificationTime = clock.GetUtcNow().UtcDateTime,
            },
        };
        Assert.True(chain.Build(server));
    }

    [Fact]
    public void A_second_start_finds_what_the_first_one_made()
    {
        using var first = DevelopmentCertificates.Open(folder, clock).Server;
        var files = Directory.GetFiles(folder).ToDictionary(path => path, File.ReadAllText);
        using var second = DevelopmentCertificates.Open(folder, clock).Server;
        Assert.Equal(first.Thumbprint, second.Thumbprint);
        Assert.Equal(files, Directory.GetFiles(folder).ToDictionary(path => path, File.ReadAllText));
        Assert.Equal(["ca-key.pem", "ca.pem", "server.pem"], files.Keys.Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_server_certificate_that_expires_soon_is_renewed_under_the_same_authority()
    {
        var first = DevelopmentCertificates.Open(folder, clock);
        var authority = File.ReadAllText(first.AuthorityPath);
        clock.Advance(TimeSpan.FromDays(370));
        var second = DevelopmentCertificates.Open(folder, clock);
        Assert.NotEqual(first.Server.Thumbprint, second.Server.Thumbprint);
        Assert.Equal(authority, File.ReadAllText(second.AuthorityPath));
    }

    [Theory]
    [InlineData("ca.pem")]
    [InlineData("ca-key.pem")]
    [InlineData("server.pem")]
    public void A_file_that_is_lost_or_spoilt_is_made_anew(string name)
    {
        DevelopmentCertificates.Open(folder, clock);
        File.WriteAllText(Path.Combine(folder, name), "spoilt");
        using var spoilt = DevelopmentCertificates.Open(folder, clock).Server;
        File.Delete(Path.Combine(folder, name));
        using var lost = DevelopmentCertificates.Open(folder, clock).Server;
        Assert.NotEqual(spoilt.Thumbprint, lost.Thumbprint);
        The_authority_vouches_for_the_server();
    }

    [Fact]
    public void Keys_can_be_read_by_their_owner_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        DevelopmentCertificates.Open(folder, clock);
        foreach (var name in (string[])["ca-key.pem", "server.pem"])
        {
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, name)));
            }
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
