using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Serverless.Local.Mqtt.Server;

/// <summary>Serves MQTT on a port of Kestrel.</summary>
public static class MqttListenOptionsExtensions
{
    /// <summary>Serves plain MQTT, usually on port 1883.</summary>
    public static void UseMqtt(this ListenOptions listen) => listen.UseConnectionHandler<MqttConnectionHandler>();

    /// <summary>
    /// Serves MQTT over TLS, usually on port 8883. A client may show a certificate; whom it belongs to is the topic space's to say, by its thumbprint, so
    /// that no chain is built.
    /// </summary>
    public static void UseMqttTls(this ListenOptions listen, X509Certificate2 certificate)
    {
        listen.Protocols = HttpProtocols.None;
        listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.AllowAnyClientCertificate();
        });
        listen.UseMqtt();
    }
}
