using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Serverless.Local.Certificates;

/// <summary>
/// The certificates of a development server: an authority that clients are told to trust once, and a server certificate that it signs. They are made on
/// the first start and kept in a folder: <c>ca.pem</c>, <c>ca-key.pem</c>, and <c>server.pem</c> with certificate and key. One process uses the folder.
/// </summary>
public sealed class DevelopmentCertificates
{
    private const string AuthorityFile = "ca.pem";
    private const string AuthorityKeyFile = "ca-key.pem";
    private const string ServerFile = "server.pem";
    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3650);

    // Longer is not accepted by some clients.
    private static readonly TimeSpan ServerLife = TimeSpan.FromDays(397);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    private DevelopmentCertificates(string authorityPath, X509Certificate2 server)
    {
        AuthorityPath = authorityPath;
        Server = server;
    }

    /// <summary>The authority's certificate in PEM: what clients are to trust.</summary>
    public string AuthorityPath { get; }

    /// <summary>The server's certificate with its key, for localhost, 127.0.0.1, ::1 and the machine's name.</summary>
    public X509Certificate2 Server { get; }

    /// <summary>Reads the certificates, and makes those that are not there, cannot be read or expire soon.</summary>
    public static DevelopmentCertificates Open(string folder, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        var now = time.GetUtcNow();
        var authorityPath = Path.Combine(folder, AuthorityFile);
        var authorityKeyPath = Path.Combine(folder, AuthorityKeyFile);
        var serverPath = Path.Combine(folder, ServerFile);
        using var authority =
            PemFile.TryRead(authorityPath, authorityKeyPath) is { } kept && Lasts(kept, now)
                ? kept
                : MakeAuthority(authorityPath, authorityKeyPath, now);
        var server = PemFile.TryRead(serverPath, serverPath);
        if (server is null || !Lasts(server, now) || !IsSignedBy(server, authority) || !server.MatchesHostname(Environment.MachineName))
        {
            server?.Dispose();
            server = MakeServer(authority, serverPath, now);
        }

        using (server)
        {
            // SslStream wants a key that is not ephemeral on some platforms.
            return new DevelopmentCertificates(
                authorityPath,
                X509CertificateLoader.LoadPkcs12(server.Export(X509ContentType.Pkcs12), password: null)
            );
        }
    }

    private static bool Lasts(X509Certificate2 certificate, DateTimeOffset now) =>
        new DateTimeOffset(certificate.NotBefore) <= now && End(certificate) > now + RenewBefore;

    private static DateTimeOffset End(X509Certificate2 certificate) => new(certificate.NotAfter);

    private static bool IsSignedBy(X509Certificate2 certificate, X509Certificate2 authority)
    {
        var issuer = certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;
        var subject = authority.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifierBytes;
        return issuer is { } left && subject is { } right && left.Span.SequenceEqual(right.Span);
    }

    private static X509Certificate2 MakeAuthority(string path, string keyPath, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Serverless development authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var certificate = request.CreateSelfSigned(now - TimeSpan.FromHours(1), now + AuthorityLife);

        // The key first: an authority without it would be there, and sign nothing.
        PemFile.Write(keyPath, key.ExportPkcs8PrivateKeyPem(), secret: true);
        PemFile.Write(path, certificate.ExportCertificatePem(), secret: false);
        return certificate;
    }

    private static X509Certificate2 MakeServer(X509Certificate2 authority, string path, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        names.AddIpAddress(System.Net.IPAddress.IPv6Loopback);
        names.AddDnsName(Environment.MachineName);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        var end = now + ServerLife < End(authority) ? now + ServerLife : End(authority);
        using var certificate = request.Create(authority, now - TimeSpan.FromMinutes(30), end, RandomNumberGenerator.GetBytes(16));
        var withKey = certificate.CopyWithPrivateKey(key);
        PemFile.Write(path, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n", secret: true);
        return withKey;
    }
}
