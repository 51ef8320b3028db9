using System.ComponentModel;
using System.Diagnostics;

namespace Serverless.Acceptance.Tests.Support;

/// <summary>The npm packages of the real clients, installed once from the lock file.</summary>
internal static class NodePackages
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private static readonly Lazy<Task<string>> Folder = new(InstallAsync);

    public static Task<string> FolderAsync() => Folder.Value;

    private static async Task<string> InstallAsync()
    {
        var folder = Repository.At("tests", "Acceptance", "node");
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
}
