using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Serverless.Benchmarks.Cloud;

/// <summary>The app as a process, from the published executable (dotnet publish functions/App -c Release -o artifacts/app).</summary>
internal sealed partial class CloudUnderTest : IDisposable
{
    private readonly Process process;

    private CloudUnderTest(Process process, string http, int mqttPort) => (this.process, Http, MqttPort) = (process, http, mqttPort);

    public string Http { get; }

    public int MqttPort { get; }

    public int ProcessId => process.Id;

    public long WorkingSet
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>Publishes the app with ReadyToRun into a folder.</summary>
    public static async Task<string> PublishAsync(string folder)
    {
        var root = FindRoot(AppContext.BaseDirectory);
        var arguments = $"publish \"{Path.Combine(root, "functions/App")}\" -c Release -o \"{folder}\" --nologo -v q -p:RunAnalyzers=false";
        using var publish = Process.Start(
            new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, UseShellExecute = false }
        )!;
        var output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0 ? Path.Combine(folder, "Serverless.App") : throw new InvalidOperationException(output);
    }

    public static async Task<CloudUnderTest> StartAsync(string executable, string data, string? bootstrap = null)
    {
        var start = new ProcessStartInfo(executable) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in new[] { "--urls", "http://127.0.0.1:0", "--mqtt-port", "0", "--mqtts-port", "-1", "--data", data })
        {
            start.ArgumentList.Add(argument);
        }

        if (bootstrap is not null)
        {
            start.ArgumentList.Add("--bootstrap");
            start.ArgumentList.Add(bootstrap);
        }

        var started = Process.Start(start)!;
        var (http, mqtt) = ("", 0);
        while (mqtt == 0 && await started.StandardOutput.ReadLineAsync() is { } line)
        {
            http = HttpLine().Match(line) is { Success: true } address ? address.Groups["url"].Value : http;
            mqtt = MqttLine().Match(line) is { Success: true } port ? int.Parse(port.Groups["port"].Value) : mqtt;
        }

        // What it logs from now on is read and dropped, so that it never waits for a reader.
        _ = started.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        return new CloudUnderTest(started, http, mqtt);
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "Serverless.sln")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);

    [GeneratedRegex(@"^HTTP\s+(?<url>http://\S+)", RegexOptions.NonBacktracking)]
    private static partial Regex HttpLine();

    [GeneratedRegex(@"^MQTT\s+mqtt://127\.0\.0\.1:(?<port>[0-9]+)", RegexOptions.NonBacktracking)]
    private static partial Regex MqttLine();
}
