using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.FunctionsHost;

/// <summary>
/// Does what the Functions host does to a custom handler: starts it with the host's environment, asks for / every 25 ms until anything answers, POSTs
/// triggers chunked with its own headers, passes HTTP on under an invocation id, and kills without a warning.
/// </summary>
internal sealed class FakeHost : IAsyncDisposable
{
    private const string Version = "4.1037.0";
    private readonly Process process;
    private readonly HttpClient http;

    private FakeHost(Process process, int port)
    {
        this.process = process;
        Address = new Uri($"http://127.0.0.1:{port}");
        http = new HttpClient { BaseAddress = Address, Timeout = Poll.Patience };
        Output.Gather(process);
    }

    public Uri Address { get; }

    public Output Output { get; } = new();

    /// <param name="data">The data folder.</param>
    /// <param name="bootstrap">The bootstrap file's path.</param>
    /// <param name="package">The executable of an unzipped package, which has to do without the .NET of this machine; null for the published app.</param>
    /// <param name="environment">Settings of its own, or null for none.</param>
    public static async Task<FakeHost> StartAsync(
        string data,
        string bootstrap,
        string? package = null,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var executable = package ?? await PublishedApp.ExecutableAsync();
        var port = FreePort();
        var start = new ProcessStartInfo(executable)
        {
            WorkingDirectory = Path.GetDirectoryName(executable)!,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Prepare(start, port);
        (start.Environment["SERVERLESS_DATA"], start.Environment["SERVERLESS_BOOTSTRAP"]) = (data, bootstrap);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        if (package is not null)
        {
            start.Environment["DOTNET_ROOT"] = "/nowhere";
            start.Environment["PATH"] = "";
        }

        var host = new FakeHost(Process.Start(start)!, port);
        try
        {
            await Poll.UntilAsync("the handler answers", host.AnswersAsync);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gives a process the environment in which the host starts a custom handler.</summary>
    public static void Prepare(ProcessStartInfo start, int port)
    {
        foreach (var name in new[] { "FUNCTIONS_CUSTOMHANDLER_PORT", "FUNCTIONS_HTTPWORKER_PORT" })
        {
            start.Environment[name] = $"{port}";
        }

        foreach (var name in new[] { "FUNCTIONS_CUSTOMHANDLER_WORKER_ID", "FUNCTIONS_HTTPWORKER_ID" })
        {
            start.Environment[name] = Guid.NewGuid().ToString();
        }

        start.Environment["FUNCTIONS_APP_ROOT_PATH"] = Path.GetDirectoryName(start.FileName)!;
    }

    /// <summary>Invokes a function. Whatever the real host would hang on or count as a failure fails the test.</summary>
    public Task InvokeAsync(string function, string envelope) => InvokeAsync(http, function, envelope);

    /// <summary>Likewise, of a handler that somebody else has started.</summary>
    public static async Task InvokeAsync(HttpClient http, string function, string envelope)
    {
        using var response = await PostAsync(http, function, envelope, InvocationHeaders);
        var body = await response.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode.OK, "application/json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        using var answer = JsonDocument.Parse(body);
        Assert.Equal(JsonValueKind.Object, answer.RootElement.ValueKind);
    }

    /// <summary>POSTs to a function's path as somebody does who is not the host.</summary>
    public Task<HttpResponseMessage> ForgeAsync(string function, string envelope, Action<HttpRequestHeaders> headers) =>
        PostAsync(http, function, envelope, headers);

    /// <summary>The headers of an invocation.</summary>
    public static void InvocationHeaders(HttpRequestHeaders headers)
    {
        headers.Add("X-Azure-Functions-HostVersion", Version);
        headers.Add("X-Azure-Functions-InvocationId", Guid.NewGuid().ToString());
        headers.UserAgent.ParseAdd($"Azure-Functions-Host/{Version}");
    }

    /// <summary>What the host adds to every request from outside, whatever the caller sends.</summary>
    public static void ProxyHeaders(HttpRequestHeaders headers)
    {
        headers.Add("X-Azure-Functions-HostVersion", Version);
        headers.Add("X-Azure-Functions-InvocationId", Guid.NewGuid().ToString());
        headers.Add("x-ms-invocation-id", Guid.NewGuid().ToString());
    }

    /// <summary>A client whose requests come through the host.</summary>
    public Task<ProficloudClient> LogInAsync(TestUser user) => ProficloudClient.LogInAsync(Address, user, ProxyHeaders);

    public void Kill()
    {
        process.Kill();
        process.WaitForExit(Poll.Patience);
    }

    public ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            Kill();
        }

        process.Dispose();
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<HttpResponseMessage> PostAsync(
        HttpClient http,
        string function,
        string envelope,
        Action<HttpRequestHeaders> headers
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/{function}") { Content = new ChunkedJson(envelope) };
        headers(request.Headers);
        return await http.SendAsync(request);
    }

    private async Task<bool> AnswersAsync()
    {
        if (process.HasExited)
        {
            throw new InvalidOperationException($"The handler has ended:\n{Output}");
        }

        try
        {
            using var response = await http.GetAsync("/");
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A body without a length, which goes out in chunks.</summary>
    private sealed class ChunkedJson : HttpContent
    {
        private readonly byte[] body;

        public ChunkedJson(string text)
        {
            body = Encoding.UTF8.GetBytes(text);
            Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(body).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
