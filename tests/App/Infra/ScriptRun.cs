using System.Diagnostics;
using System.IO.Compression;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.App.Tests.Infra;

/// <summary>Runs the scripts in infra/ with a PATH that has the fakes of the Azure CLI and curl, and of the machine's tools only those that they may use.</summary>
internal sealed class ScriptRun : IDisposable
{
    private static readonly string[] Tools =
    [
        "bash",
        "basename",
        "cat",
        "dirname",
        "env",
        "grep",
        "mktemp",
        "rm",
        "sleep",
        "tail",
        "touch",
        "unzip",
    ];
    private readonly ScratchFolder folder = new();

    public ScriptRun()
    {
        Directory.CreateDirectory(folder.At("bin"));
        foreach (var tool in Tools)
        {
            File.CreateSymbolicLink(Path.Combine(folder.At("bin"), tool), Find(tool));
        }

        foreach (var fake in new[] { "az", "curl" })
        {
            File.CreateSymbolicLink(Path.Combine(folder.At("bin"), fake), Repository.At("tests", "App", "Infra", "fakes", fake));
        }
    }

    /// <summary>What the fakes were called with, one call a line.</summary>
    public IReadOnlyList<string> Calls => File.Exists(folder.At("calls")) ? File.ReadAllLines(folder.At("calls")) : [];

    /// <summary>
    /// Sets something of the fakes: "failing" and "failing-once" (how a call begins that fails), "unhealthy" (how often curl fails), "group" (there is one), "deleted" (key vaults),
    /// "bicep" (its version), "published" and "states" (what the deployment service answers, a line each).
    /// </summary>
    public void Given(string name, string value) => folder.Write(name, value);

    /// <summary>What the fakes wrote beside the calls: "arguments" of curl to the deployment service.</summary>
    public string Read(string name) => File.ReadAllText(folder.At(name));

    public void Without(string tool) => File.Delete(Path.Combine(folder.At("bin"), tool));

    /// <summary>A package with a function of each trigger.</summary>
    public string Package(params string[] triggers)
    {
        var path = folder.At("app.zip");
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var trigger in triggers)
        {
            using var writer = new StreamWriter(zip.CreateEntry($"{trigger}-function/function.json").Open());
            writer.Write($$"""{ "bindings": [ { "type": "{{trigger}}", "direction": "in", "name": "in" } ] }""");
        }

        return path;
    }

    public Task<CommandRun> RunAsync(string script, params string[] arguments) => RunWithInputAsync("", script, arguments);

    public async Task<CommandRun> RunWithInputAsync(string input, string script, params string[] arguments)
    {
        // The shell gives the input: the run itself has none.
        var start = new ProcessStartInfo(
            Path.Combine(folder.At("bin"), "bash"),
            ["-c", "input=$1; shift; \"$@\" <<<\"$input\"", "bash", input, Repository.At("infra", script), .. arguments]
        );
        start.Environment["PATH"] = folder.At("bin");
        start.Environment["FAKES"] = folder.Path;
        start.Environment["SERVERLESS_POLL_SECONDS"] = "0";
        return await CommandRun.RunAsync(start, TimeSpan.FromMinutes(1));
    }

    public void Dispose() => folder.Dispose();

    private static string Find(string tool) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(path => Path.Combine(path, tool)).First(File.Exists);
}
