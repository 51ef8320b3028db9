using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Topics;
using Serverless.Local.Certificates;
using Serverless.Local.Mqtt;
using Serverless.Local.Mqtt.IotHub;
using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Mqtt.Server;

namespace Serverless.Local.Tests.Mqtt.Support;

/// <summary>The endpoint on a real Kestrel, with a hub in memory and a clock that stands still.</summary>
internal sealed class TestEndpoint : IAsyncDisposable
{
    public const string Key = "ZGV2aWNlS2V5Rm9yVGVzdA==";
    private readonly WebApplication app;

    private TestEndpoint(WebApplication app) => this.app = app;

    private DevelopmentCertificates? Certificates { get; init; }

    public FakeClock Clock { get; private init; } = new();

    public MemoryHub Hub { get; private init; } = new();

    public RecordingIngest Ingest { get; private init; } = new();

    /// <summary>Everything that anybody has logged, Kestrel included.</summary>
    public LogLines Logs { get; private init; } = new();

    public ITopicConnections Connections => app.Services.GetRequiredService<ITopicConnections>();

    public IDeviceGateway Gateway => app.Services.GetRequiredService<IDeviceGateway>();

    public int Port => Ports[0];

    public int HttpPort => Ports[1];

    public int TlsPort => Ports[2];

    private int[] Ports =>
        [
            .. app
                .Services.GetRequiredService<IServer>()
                .Features.Get<IServerAddressesFeature>()!
                .Addresses.Select(address => new Uri(address).Port),
        ];

    public static async Task<TestEndpoint> StartAsync(
        DevelopmentCertificates? certificates = null,
        Action<MqttOptions>? configure = null,
        IMqttTopicSpace? space = null,
        ITopicDialect? dialect = null,
        MemoryHub? earlier = null
    )
    {
        var clock = new FakeClock();
        var hub = earlier ?? new MemoryHub();
        var ingest = new RecordingIngest();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var logs = new LogLines();
        builder.Services.AddLogging(logging => logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(logs));
        builder.Services.AddSingleton<TimeProvider>(clock).AddSingleton<IHubBackend>(hub).AddSingleton<ITelemetryIngest>(ingest);
        builder.Services.AddMqttEndpoint(configure);
        if (space is not null)
        {
            builder.Services.AddSingleton(space);
        }

        if (dialect is not null)
        {
            builder.Services.AddSingleton(dialect);
        }

        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseMqtt());
                kestrel.Listen(IPAddress.Loopback, 0);
                if (certificates is not null)
                {
                    kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseMqttTls(certificates.Server));
                }
            });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore();
        var built = builder.Build();
        built.UseWebSockets();
        built.MapMqtt();
        await built.StartAsync();
        return new TestEndpoint(built)
        {
            Certificates = certificates,
            Clock = clock,
            Hub = hub,
            Ingest = ingest,
            Logs = logs,
        };
    }

    public Task StopAsync() => app.StopAsync();

    public Task<TestClient> OpenAsync() => TestClient.OpenAsync(Port);

    public async Task<TestClient> OpenTlsAsync(X509Certificate2? certificate = null)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, TlsPort);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ClientCertificates = certificate is null ? null : [certificate],
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(Certificates!.AuthorityPath) },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            }
        );
        return new TestClient(stream);
    }

    public Task RegisterAsync(string hubId, bool enabled = true, params string[] thumbprints) =>
        Hub.SaveAsync(new HubIdentity(hubId, Key, SecondaryKey: null, thumbprints, enabled), CancellationToken.None);

    /// <summary>Registers the device where it is not there yet, and connects it with a valid token.</summary>
    public async Task<TestClient> ConnectAsync(
        string hubId,
        bool clean = true,
        ushort keepAlive = 60,
        (string Topic, byte[] Payload, int Qos)? will = null,
        int tokenSeconds = 3600
    )
    {
        if (await Hub.FindAsync(hubId, CancellationToken.None) is null)
        {
            await RegisterAsync(hubId);
        }

        var client = await OpenAsync();
        var packet = ClientPackets.Connect(hubId, UserName(hubId), Token(hubId, tokenSeconds), clean, keepAlive, will);
        Assert.Equal(ConnectReturnCode.Accepted, await client.ConnectAsync(packet));
        return client;
    }

    public static string UserName(string hubId) => $"localhost/{hubId}/?api-version=2021-04-12";

    public string Token(string hubId, int seconds = 3600, string key = Key)
    {
        var resource = Uri.EscapeDataString($"localhost/devices/{hubId}");
        var expiry = Clock.GetUtcNow().ToUnixTimeSeconds() + seconds;
        var signature = HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes($"{resource}\n{expiry}"));
        return $"SharedAccessSignature sr={resource}&sig={Uri.EscapeDataString(Convert.ToBase64String(signature))}&se={expiry}";
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
