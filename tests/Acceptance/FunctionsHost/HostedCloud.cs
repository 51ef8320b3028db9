using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.FunctionsHost;

/// <summary>A cloud behind the host, with one tenant and some devices; a handler that is killed is followed by another one on the same data.</summary>
internal sealed class HostedCloud : IAsyncDisposable
{
    public static readonly TestUser Admin = new("admin", "behind the host", "admin", "operator");
    private readonly ScratchFolder folder = new();

    private readonly string? package;

    private readonly IReadOnlyDictionary<string, string> environment;

    private HostedCloud(string? package, IReadOnlyDictionary<string, string>? environment) =>
        (this.package, this.environment) = (package, environment ?? new Dictionary<string, string>());

    public FakeHost Host { get; private set; } = null!;

    public IReadOnlyList<TestDevice> Devices { get; } = [.. Enumerable.Range(0, 3).Select(_ => TestDevice.New())];

    /// <param name="package">The executable of an unzipped package; null for the published app.</param>
    /// <param name="environment">Settings of its own, beside those of every test.</param>
    public static async Task<HostedCloud> StartAsync(string? package = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var cloud = new HostedCloud(package, environment);
        var bootstrap = new TestBootstrap().Tenant("t1", [Admin], cloud.Devices, new() { ["unknownDevices"] = "deadLetter" });
        cloud.folder.Write("bootstrap.json", bootstrap.ToString());
        await cloud.StartHandlerAsync();
        return cloud;
    }

    public async Task StartHandlerAsync()
    {
        if (Host is not null)
        {
            await Host.DisposeAsync();
        }

        Host = await FakeHost.StartAsync(folder.At("data"), folder.At("bootstrap.json"), package, environment);
    }

    /// <summary>How many messages are dead letters: the tenant's, and those of no tenant.</summary>
    public async Task<int> DeadLettersAsync()
    {
        using var management = await ManagementClient.LogInAsync(Host.Address, Admin);
        var own = await management.GetAsync("dead-letters?limit=1000");
        var unassigned = await management.GetAsync("dead-letters?limit=1000&unassigned=true");
        return own!["items"]!.AsArray().Count + unassigned!["items"]!.AsArray().Count;
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        folder.Dispose();
    }
}
