using System.ComponentModel;
using System.Diagnostics;
using Serverless.Azure.CosmosDb;
using Serverless.Azure.Tests.Support;

[assembly: AssemblyFixture(typeof(CosmosServer))]

namespace Serverless.Azure.Tests.Support;

/// <summary>The stand-in for Cosmos DB, one process on a free port for all tests. tests/Azure/CosmosDb/README.md says what it is and is
/// not.</summary>
public sealed class CosmosServer : IAsyncLifetime
{
    private readonly Output output = new();
    private Process? process;
    private int containers;

    /// <summary>Where it answers, such as http://127.0.0.1:40123/.</summary>
    public Uri Endpoint { get; private set; } = null!;

    /// <summary>Options for a container that nobody else uses.</summary>
    internal CosmosOptions NewContainer() =>
        new()
        {
            Endpoint = Endpoint,
            Key = Convert.ToBase64String("a key that the stand-in ignores"u8),
            Database = "tests",
            Container = $"documents{Interlocked.Increment(ref containers)}",
            Gateway = true,
        };

    public async ValueTask InitializeAsync()
    {
        var packages = await NodePackages.StandInsAsync();
        var start = new ProcessStartInfo("node", [Repository.At("tests", "Azure", "CosmosDb", "stand-in.cjs"), packages])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Fail("node is missing: install Node.js 20 or newer, such as with apt-get install -y nodejs npm");
        }

        output.Gather(process);
        var address = await Poll.UntilAsync(
            "the stand-in for Cosmos DB listens",
            () =>
                process.HasExited
                    ? throw new InvalidOperationException($"The stand-in has ended: {output}")
                    : Task.FromResult(output.Behind("Cosmos DB stands at"))
        );
        Endpoint = new Uri(address);
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }
    }
}
