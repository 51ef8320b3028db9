using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace Serverless.Acceptance.Tests.Support;

/// <summary>npm packages of real clients and of stand-ins for services, installed once from their lock files.</summary>
internal static class NodePackages
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Folders = new();

    /// <summary>The real clients.</summary>
    public static Task<string> ClientsAsync() => FolderAsync(Repository.At("tests", "Acceptance", "node"));

    /// <summary>What stands in for Azure's storage, and Microsoft's client of IoT Hub's service API.</summary>
    public static Task<string> StandInsAsync() => FolderAsync(Repository.At("tests", "Azure", "node"));

    /// <summary>The checker of the Bicep template.</summary>
    public static Task<string> TemplateCheckerAsync() => FolderAsync(Repository.At("infra", "check"));

    private static Task<string> FolderAsync(string folder) =>
        Folders.GetOrAdd(folder, path => new Lazy<Task<string>>(() => InstallAsync(path))).Value;

    private static async Task<string> InstallAsync(string folder)
    {
        // Test projects run at the same time: one installs, the others wait.
        await using var one = await LockAsync(Path.Combine(folder, "node_modules.lock"));

        // npm leaves its copy of the lock file behind as the last thing that it does.
        var mark = Path.Combine(folder, "node_modules", ".package-lock.json");
        var wanted = File.GetLastWriteTimeUtc(Path.Combine(folder, "package-lock.json"));
        if (File.Exists(mark) && File.GetLastWriteTimeUtc(mark) >= wanted)
        {
            return folder;
        }

        try
        {
            var start = new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"]) { WorkingDirectory = folder };
            (await CommandRun.RunAsync(start, Deadline)).Succeeded();
        }
        catch (Win32Exception)
        {
            Assert.Fail("npm is missing: install Node.js 20 or newer, such as with apt-get install -y nodejs npm");
        }

        return folder;
    }

    private static async Task<FileStream> LockAsync(string path)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(started) < Deadline)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }
}
