using System.ComponentModel;
using System.Diagnostics;

namespace Serverless.Acceptance.Tests.Support;

/// <summary>A server that runs in a node process on a free port, and says in its output where.</summary>
internal sealed class NodeServer : IAsyncDisposable
{
    private readonly Process process;

    private readonly Output output;

    private NodeServer(Process process, Output output, string address) =>
        (this.process, this.output, Address) = (process, output, new Uri(address));

    public Uri Address { get; }

    /// <summary>The address of another service of the same process, behind the words with which it prints it.</summary>
    public Uri Of(string ready) => new(output.Behind(ready) ?? throw new InvalidOperationException($"No such service:\n{output}"));

    /// <param name="folder">The folder that it runs in.</param>
    /// <param name="ready">The words behind which it prints its address.</param>
    /// <param name="arguments">Node's arguments.</param>
    public static async Task<NodeServer> StartAsync(string folder, string ready, params string[] arguments)
    {
        var start = new ProcessStartInfo("node", arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process started;
        try
        {
            started = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Fail("node is missing: install Node.js 20 or newer, such as with apt-get install -y nodejs npm");
            throw;
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill(started);
        var lines = new Output();
        lines.Gather(started);
        await Poll.UntilAsync("a node server listens", () => started.HasExited || lines.Behind(ready) is not null);
        return new NodeServer(
            started,
            lines,
            lines.Behind(ready) ?? throw new InvalidOperationException($"The server has ended:\n{lines}")
        );
    }

    public async ValueTask DisposeAsync()
    {
        Kill(process);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended, or was disposed of.
        }
    }
}
