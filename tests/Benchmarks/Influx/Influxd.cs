using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Serverless.Benchmarks.Influx;

/// <summary>The real InfluxDB 1.6.7 (Debian's package influxdb), private to the benchmark: in a folder and on ports of its own.</summary>
internal sealed partial class Influxd : IServer
{
    private const string Program = "/usr/bin/influxd";
    private const long MostLeftInLog = 64 << 10;

    private readonly ScratchFolder folder = new();
    private readonly Process process;

    private Influxd()
    {
        var start = new ProcessStartInfo(Program, ["run", "-config", Path.Combine(AppContext.BaseDirectory, "influxdb.conf")])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        start.Environment["INFLUXDB_META_DIR"] = Path.Combine(folder.Path, "meta");
        start.Environment["INFLUXDB_DATA_DIR"] = Path.Combine(folder.Path, "data");
        start.Environment["INFLUXDB_DATA_WAL_DIR"] = Path.Combine(folder.Path, "wal");

        // What is written goes into compacted files soon, not when it has been cold for hours.
        start.Environment["INFLUXDB_DATA_CACHE_SNAPSHOT_WRITE_COLD_DURATION"] = "5s";
        start.Environment["INFLUXDB_DATA_COMPACT_FULL_WRITE_COLD_DURATION"] = "15s";
        process = Process.Start(start)!;
    }

    public string Name => "influxd 1.6.7";

    public InfluxConnection Connection { get; private set; } = null!;

    public int ProcessId => process.Id;

    public static async Task<Influxd> StartAsync()
    {
        if (!File.Exists(Program))
        {
            throw new InvalidOperationException("The peer is missing; install it with: apt-get install -y influxdb");
        }

        var server = new Influxd();
        while (await server.process.StandardError.ReadLineAsync() is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                server.Connection = new InfluxConnection(new Uri($"http://{match.Groups["address"].Value}"));
                _ = server.process.StandardError.BaseStream.CopyToAsync(Stream.Null);
                return server;
            }
        }

        server.Dispose();
        throw new InvalidOperationException("influxd has ended.");
    }

    /// <summary>Its log is empty, and for longer than it waits before a full compaction no file has come or gone.</summary>
    public async Task SettleAsync()
    {
        var (before, since) = ("", Stopwatch.StartNew());
        while (since.Elapsed < TimeSpan.FromSeconds(25))
        {
            await Task.Delay(1000);
            var now = string.Join(
                ',',
                Directory.EnumerateFiles(Path.Combine(folder.Path, "data"), "*", SearchOption.AllDirectories).Order()
            );
            if (now != before || Size(Path.Combine(folder.Path, "wal"), "*") > MostLeftInLog)
            {
                before = now;
                since.Restart();
            }
        }
    }

    public Task<long> StoredBytesAsync(string database) => Task.FromResult(Size(Path.Combine(folder.Path, "data", database), "*.tsm"));

    public void Dispose()
    {
        Connection?.Dispose();
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        folder.Dispose();
    }

    private static long Size(string path, string pattern) =>
        new DirectoryInfo(path).EnumerateFiles(pattern, SearchOption.AllDirectories).Sum(file => file.Length);

    [GeneratedRegex("Listening on HTTP.* addr=(?<address>127\\.0\\.0\\.1:[0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Listening();
}
