using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Serverless.Domain.Devices;

namespace Serverless.Local.Mqtt.IotHub;

/// <summary>
/// What a device proves itself by: a SAS token, or the thumbprint of the certificate that it shows. As with IoT Hub a pinned certificate's own dates are
/// not looked at. It is kept with the connection, to be checked again when the device's identity changes.
/// </summary>
internal sealed class HubCredentials
{
    private readonly string host;
    private readonly string deviceId;
    private readonly SasToken? token;
    private readonly string[] thumbprints;

    private HubCredentials(string host, string deviceId, SasToken? token, string[] thumbprints)
    {
        this.host = host;
        this.deviceId = deviceId;
        this.token = token;
        this.thumbprints = thumbprints;
    }

    public DateTimeOffset? Expires => token?.Expires;

    /// <summary>The system property iothub-connection-auth-method.</summary>
    public string AuthMethod =>
        token is null
            ? """{"scope":"device","type":"x509Certificate","issuer":"external"}"""
            : """{"scope":"device","type":"sas","issuer":"iothub"}""";

    public static HubCredentials OfToken(HubUserName user, SasToken token) => new(user.Host, user.DeviceId, token, []);

    public static HubCredentials OfCertificate(HubUserName user, X509Certificate2 certificate) =>
        new(
            user.Host,
            user.DeviceId,
            token: null,
            [certificate.GetCertHashString(HashAlgorithmName.SHA1), certificate.GetCertHashString(HashAlgorithmName.SHA256)]
        );

    public bool Prove(HubIdentity? identity, DateTimeOffset now) =>
        identity is { Enabled: true } && (token is null ? identity.Thumbprints.Any(Shows) : Proves(token, identity, now));

    private bool Proves(SasToken sas, HubIdentity identity, DateTimeOffset now)
    {
        // Both keys are always tried, so that the time does not tell which one it was.
        var signed = sas.IsSignedWith(identity.PrimaryKey) | sas.IsSignedWith(identity.SecondaryKey);
        return signed && !sas.OfPolicy && sas.Expires > now && IsForDevice(sas.Resource);
    }

    /// <summary>The host is the one that the client itself used in its user name: there is no fixed name to compare with.</summary>
    private bool IsForDevice(string resource) =>
        resource.Length > host.Length
        && resource.StartsWith(host, StringComparison.OrdinalIgnoreCase)
        && resource.AsSpan(host.Length).SequenceEqual($"/devices/{deviceId}");

    private bool Shows(string thumbprint) =>
        thumbprints.Contains(thumbprint.Replace(":", "", StringComparison.Ordinal), StringComparer.OrdinalIgnoreCase);
}
