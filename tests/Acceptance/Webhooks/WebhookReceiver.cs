using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Webhooks;

/// <summary>A request that the receiver has got.</summary>
/// <param name="Path">The path, which tells its endpoints apart.</param>
/// <param name="Id">The header webhook-id.</param>
/// <param name="Attempt">Which attempt of this message at this path it is, from 1.</param>
/// <param name="Verified">For each secret that the endpoint knows whether the package standardwebhooks verifies with it, or what it says.</param>
/// <param name="Headers">Its headers, in lower case.</param>
/// <param name="Text">Its body.</param>
internal sealed record Received(string Path, string Id, int Attempt, JsonObject Verified, JsonObject Headers, string Text)
{
    /// <summary>The body as JSON: a CloudEvent, unless the webhook's form is another.</summary>
    public JsonObject Body { get; } = JsonNode.Parse(Text)!.AsObject();

    public string Type => (string)Body["type"]!;

    public string EventId => (string)Body["id"]!;
}

/// <summary>An HTTPS server that receives webhooks, in a node process (node/receiver.mjs), with a certificate of its own.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly NodeProcess node;
    private readonly int port;

    private WebhookReceiver(NodeProcess node, int port, string certificate) =>
        (this.node, this.port, Certificate) = (node, port, certificate);

    /// <summary>The file of the certificate that clients must trust.</summary>
    public string Certificate { get; }

    public static async Task<WebhookReceiver> StartAsync(ScratchFolder folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var cert = folder.Write("receiver.pem", certificate.ExportCertificatePem());
        var process = await NodeProcess.StartAsync("receiver.mjs");
        var options = new JsonObject { ["cert"] = cert, ["key"] = folder.Write("receiver.key", key.ExportPkcs8PrivateKeyPem()) };
        return new WebhookReceiver(process, (int)(await process.CallAsync("listen", options))!, cert);
    }

    /// <summary>How to start a cloud that may call it.</summary>
    public CloudOptions Allowed(CloudOptions options, params string[] more) =>
        options with
        {
            Environment = options.Environment.Add("SSL_CERT_FILE", Certificate),
            More = [.. options.More, "--webhooks-allow", $"localhost:{port}", .. more],
        };

    /// <summary>The same as environment variables.</summary>
    public Dictionary<string, string> Environment() =>
        new() { ["SSL_CERT_FILE"] = Certificate, ["SERVERLESS_WEBHOOKS_ALLOW"] = $"localhost:{port}" };

    public string UrlOf(string path) => $"https://localhost:{port}{path}";

    /// <summary>Says what an endpoint does: statuses, secrets, retryAfter, origin, rate.</summary>
    public async Task PlanAsync(string path, JsonObject plan)
    {
        plan["path"] = path;
        await node.CallAsync("plan", plan);
    }

    public async Task<Received> NextAsync() => Read((await node.EventAsync("request"))!);

    /// <summary>What it has got that nobody has taken yet.</summary>
    public IEnumerable<Received> All()
    {
        while (node.TryEvent("request", out var request))
        {
            yield return Read(request!);
        }
    }

    /// <summary>Whether an endpoint was asked for its consent and nobody has taken that yet.</summary>
    public bool WasAsked => node.TryEvent("handshake", out _);

    public async Task<JsonNode> NextHandshakeAsync() => (await node.EventAsync("handshake"))!;

    public ValueTask DisposeAsync() => node.DisposeAsync();

    private static Received Read(JsonNode request) =>
        new(
            (string)request["path"]!,
            (string)request["id"]!,
            (int)request["attempt"]!,
            request["verified"]!.AsObject(),
            request["headers"]!.AsObject(),
            (string)request["body"]!
        );
}
