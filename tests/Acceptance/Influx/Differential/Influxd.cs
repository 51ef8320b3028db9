using System.Diagnostics;
using System.Text.RegularExpressions;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Influx.Differential;

/// <summary>The real InfluxDB 1.6.7 of Debian's package influxdb, private to a test: it chooses its ports and says them in its log.</summary>
internal sealed partial class Influxd : IAsyncDisposable
{
    private const string Program = "/usr/bin/influxd";
    private readonly ScratchFolder folder = new();
    private readonly Process process;
    private readonly Output output = new();

    private Influxd()
    {
        var configuration = folder.Write("influxdb.conf", Configuration(folder.Path));
        process = Process.Start(
            new ProcessStartInfo(Program, ["run", "-config", configuration])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        output.Gather(process);
    }

    public Uri Http { get; private set; } = null!;

    public static async Task<Influxd> StartAsync()
    {
        Assert.True(File.Exists(Program), "The peer is missing; install it with: apt-get install -y influxdb influxdb-client");
        var server = new Influxd();
        var address = await Poll.UntilAsync(
            "influxd says where it listens",
            () =>
                Task.FromResult(
                    Listening().Match(server.output.ToString()) is { Success: true } match ? match.Groups["address"].Value : null
                )
        );
        server.Http = new Uri($"http://{address}");
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Dispose();
    }

    private static string Configuration(string path) =>
        $"""
            reporting-disabled = true
            bind-address = "127.0.0.1:0"
            [meta]
              dir = "{path}/meta"
              retention-autocreate = true
            [data]
              dir = "{path}/data"
              wal-dir = "{path}/wal"
              index-version = "inmem"
              max-series-per-database = 0
              max-values-per-tag = 0
              query-log-enabled = false
            [monitor]
              store-enabled = false
            [retention]
              enabled = false
            [continuous_queries]
              enabled = false
            [subscriber]
              enabled = false
            [shard-precreation]
              enabled = false
            [http]
              bind-address = "127.0.0.1:0"
              auth-enabled = false
              log-enabled = false
              max-body-size = 0
            """;

    [GeneratedRegex("Listening on HTTP.* addr=(?<address>127\\.0\\.0\\.1:[0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Listening();
}
