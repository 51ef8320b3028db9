using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Serverless.Local.Certificates;
using Serverless.Local.Mqtt.Server;

namespace Serverless.App.Hosting;

/// <summary>What Kestrel listens on: HTTP, MQTT, MQTT over TLS, in this order.</summary>
internal sealed class Listeners(AppOptions options)
{
    private const int DefaultBodyLimit = 30_000_000;

    /// <summary>Characters of a request's first line: InfluxDB's clients send whole queries in URLs, and its server takes as many.</summary>
    private const int RequestLineLimit = 1 << 20;

    /// <summary>The file of the development CA's certificate, where MQTT over TLS is on.</summary>
    public string? AuthorityPath { get; private set; }

    public static int MqttCount(AppOptions options) => (options.MqttPort >= 0 ? 1 : 0) + (options.MqttsPort >= 0 ? 1 : 0);

    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = DefaultBodyLimit;
        kestrel.Limits.MaxRequestLineSize = RequestLineLimit;
        var urls = options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (urls.Length == 0)
        {
            throw Wrong(options.Urls);
        }

        foreach (var url in urls)
        {
            Listen(kestrel, url);
        }

        var certificates = options.MqttsPort >= 0 ? OpenCertificates(Path.Combine(options.Data, "certificates")) : null;
        AuthorityPath = certificates?.AuthorityPath;
        if (options.MqttPort >= 0)
        {
            kestrel.Listen(MqttAddress, options.MqttPort, listen => listen.UseMqtt());
        }

        if (certificates is not null)
        {
            kestrel.Listen(MqttAddress, options.MqttsPort, listen => listen.UseMqttTls(certificates.Server));
        }
    }

    // The same reach as HTTP's default: whoever wants devices of other machines to come in says so by --urls.
    private IPAddress MqttAddress =>
        options.Urls.Contains("//0.0.0.0", StringComparison.Ordinal)
        || options.Urls.Contains("//*", StringComparison.Ordinal)
        || options.Urls.Contains("//+", StringComparison.Ordinal)
            ? IPAddress.Any
            : IPAddress.Loopback;

    private static DevelopmentCertificates OpenCertificates(string folder)
    {
        try
        {
            return DevelopmentCertificates.Open(folder, TimeProvider.System);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The certificates in {folder} cannot be read or made: {failure.Message}");
        }
    }

    private static void Listen(KestrelServerOptions kestrel, string url)
    {
        var address = Parse(url) is { IsUnixPipe: false, Scheme: "http", Port: <= 65535 } parsed ? parsed : throw Wrong(url);
        if (address.Host is "localhost" && address.Port > 0)
        {
            kestrel.ListenLocalhost(address.Port);
        }
        else if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip))
        {
            kestrel.Listen(ip, address.Port);
        }
        else if (address.Host is "localhost")
        {
            kestrel.Listen(IPAddress.Loopback, address.Port);
        }
        else if (address.Host is "*" or "+")
        {
            kestrel.ListenAnyIP(address.Port);
        }
        else
        {
            // Kestrel would take any other name, also a mistyped address, for "listen to the whole world".
            throw Wrong(url);
        }
    }

    private static BindingAddress? Parse(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static StartException Wrong(string url) => new($"--urls takes addresses such as {AppOptions.DefaultUrls}, not '{url}'.");
}
