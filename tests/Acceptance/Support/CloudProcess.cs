using System.Diagnostics;

namespace Serverless.Acceptance.Tests.Support;

/// <summary>The cloud as a process: started on free ports, which it prints, and watched until it answers.</summary>
internal sealed class CloudProcess : IAsyncDisposable
{
    private const int Sigterm = 15;
    private readonly CloudOptions options;
    private readonly Process process;

    private CloudProcess(CloudOptions options, Process process)
    {
        (this.options, this.process) = (options, process);
        Output.Gather(process);
    }

    public Output Output { get; } = new();

    public Uri Http { get; private set; } = null!;

    public int MqttPort { get; private set; }

    public int MqttsPort { get; private set; }

    /// <summary>The file of the certificate that TLS clients trust.</summary>
    public string AuthorityPath => Path.Combine(options.Data, "certificates", "ca.pem");

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>Starts it; in the run on Azure's side, on the stand-ins of Azure's storage and as the Functions host does.</summary>
    public static async Task<CloudProcess> StartAsync(CloudOptions options)
    {
        var start = await StartInfoAsync(options);
#if ON_AZURE
        await Ground.PrepareAsync(start, options.Data);
#endif
        var cloud = new CloudProcess(options, Process.Start(start)!);
        try
        {
            await cloud.ReadyAsync();
            return cloud;
        }
        catch
        {
            await cloud.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the cloud where it is to end by itself.</summary>
    public static async Task<CommandRun> RunToEndAsync(CloudOptions options) =>
        await CommandRun.RunAsync(await StartInfoAsync(options), Poll.Patience);

    public static async Task<CommandRun> RunToEndAsync(params string[] arguments) =>
        await CommandRun.RunAsync(new ProcessStartInfo(await PublishedApp.ExecutableAsync(), arguments), Poll.Patience);

#if ON_AZURE
    /// <summary>Invokes a function of it.</summary>
    public Task InvokeAsync(string function, string envelope) => Ground.InvokeAsync(Http, function, envelope);
#endif

    /// <summary>Ends it as the Functions host does: without a warning.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit(Poll.Patience);
    }

    /// <summary>Asks it to stop.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        await CommandRun.RunAsync("kill", $"-{Sigterm}", $"{process.Id}");
        await ExitedAsync();
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            Kill();
        }

        await ExitedAsync();
        process.Dispose();
        foreach (var secret in options.Bootstrap?.Secrets ?? [])
        {
            Assert.DoesNotContain(secret, Output.ToString(), StringComparison.Ordinal);
        }
    }

    private static async Task<ProcessStartInfo> StartInfoAsync(CloudOptions options)
    {
        var start = new ProcessStartInfo(await PublishedApp.ExecutableAsync(), options.Arguments())
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in options.Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private async Task ExitedAsync()
    {
        using var patience = new CancellationTokenSource(Poll.Patience);
        await process.WaitForExitAsync(patience.Token);
    }

#if ON_AZURE
    private async Task ReadyAsync() => Http = await Ground.ReadyAsync(process, Output);
#else
    private async Task ReadyAsync()
    {
        // The last line of the banner: once it is there, so are the ports.
        await Poll.UntilAsync("the cloud prints where it is", () => process.HasExited || Output.Behind("Data ") is not null);
        var http = Output.Behind("HTTP ") ?? throw new InvalidOperationException($"The cloud did not start:\n{Output}");
        Http = new Uri(http.Split(' ')[0]);
        MqttPort = PortBehind("MQTT ");
        MqttsPort = PortBehind("MQTTS ");
        using var client = new HttpClient { BaseAddress = Http };
        await Poll.UntilAsync("the cloud answers", async () => (await client.GetAsync("/")).IsSuccessStatusCode);
    }

    private int PortBehind(string word) => Output.Behind(word) is { } text ? new Uri(text.Split(' ')[0]).Port : 0;
#endif
}
