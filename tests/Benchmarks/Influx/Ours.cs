using System.Text.Json;
using Serverless.Benchmarks.Cloud;
using Serverless.Domain.Series;
using Serverless.Local.Sqlite;

namespace Serverless.Benchmarks.Influx;

/// <summary>The cloud as a process, with one tenant and a user of it.</summary>
internal sealed class Ours : IServer
{
    private const string Tenant = "t1";
    private const string User = "bench";
    private const string Password = "a password for benchmarks";

    private readonly ScratchFolder folder;
    private readonly CloudUnderTest cloud;

    private Ours(ScratchFolder folder, CloudUnderTest cloud)
    {
        (this.folder, this.cloud) = (folder, cloud);
        Connection = new InfluxConnection(new Uri(cloud.Http), $"{Tenant}/{User}", Password);
    }

    public string Name => "ours";

    public InfluxConnection Connection { get; }

    public int ProcessId => cloud.ProcessId;

    private string Data => Path.Combine(folder.Path, "data");

    public static async Task<Ours> StartAsync()
    {
        var scratch = new ScratchFolder();
        var executable = await CloudUnderTest.PublishAsync(Path.Combine(scratch.Path, "app"));
        var bootstrap = Path.Combine(scratch.Path, "bootstrap.json");
        var user = new
        {
            name = User,
            password = Password,
            roles = new[] { "admin" },
        };
        await File.WriteAllTextAsync(
            bootstrap,
            JsonSerializer.Serialize(new { tenants = new[] { new { id = Tenant, users = new[] { user } } } })
        );
        var ours = new Ours(scratch, await CloudUnderTest.StartAsync(executable, Path.Combine(scratch.Path, "data"), bootstrap));
        await ours.Connection.QueryAsync(null, "SHOW DATABASES");
        return ours;
    }

    /// <summary>Compactions that writes have started end by themselves, soon.</summary>
    public Task SettleAsync() => Task.Delay(TimeSpan.FromSeconds(3));

    /// <summary>Runs, sealed rows and catalogue with their keys, read as a second process may.</summary>
    public async Task<long> StoredBytesAsync(string database)
    {
        await using var file = SqliteDatabase.Open(new SqliteOptions { Path = Directory.EnumerateFiles(Data, "*.db").Single() });
        var store = new SqliteRunStore(file);
        var bytes = 0L;
        await foreach (var partition in store.ListPartitionsAsync(Tenant, CancellationToken.None))
        {
            if (partition.Database != database)
            {
                continue;
            }

            await foreach (var run in store.ReadRunsAsync(partition, 0, CancellationToken.None))
            {
                bytes += run.Payload.Length;
            }

            await foreach (var row in store.ReadSealedAsync(partition, null, null, CancellationToken.None))
            {
                bytes += row.Payload.Length + row.Key.Length;
            }
        }

        return bytes;
    }

    public void Dispose()
    {
        Connection.Dispose();
        cloud.Dispose();
        folder.Dispose();
    }
}
