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
        var start = new ProcessStartInfo(Program, ["run", "-config", Repository.At("tests", "Acceptance", "Influx", "influxdb.conf")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["INFLUXDB_META_DIR"] = folder.At("meta");
        start.Environment["INFLUXDB_DATA_DIR"] = folder.At("data");
        start.Environment["INFLUXDB_DATA_WAL_DIR"] = folder.At("wal");
        process = Process.Start(start)!;
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

    [GeneratedRegex("Listening on HTTP.* addr=(?<address>127\\.0\\.0\\.1:[0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Listening();
}
