namespace Serverless.Acceptance.Tests.Support;

/// <summary>One running cloud for the tests that only use it. Each takes devices of its own from those that it declares.</summary>
public sealed class SharedCloud : IAsyncLifetime
{
    private const int DeviceCount = 80;
    private readonly ScratchFolder folder = new();
    private readonly TestDevice[] devices = [.. Enumerable.Range(0, DeviceCount).Select(_ => TestDevice.New())];
    private int taken;

    internal static TestUser Admin { get; } = new("admin", "correct horse battery", "admin", "operator");

    internal static TestUser Stranger { get; } = new("stranger", "staple of the other tenant", "admin");

    internal static TestUser Compatible { get; } = new("compatible", "documented-five-hundred", "admin");

    /// <summary>The password of devices that have no credentials yet.</summary>
    internal const string DeviceBootstrap = "bootstrap of the shared cloud";

    /// <summary>A name that two tenants have, with passwords of their own.</summary>
    internal static (TestUser First, TestUser Second) Twins { get; } = (new("twin", "first-twin-word"), new("twin", "second-twin-word"));

    /// <summary>A device of the tenant that answers wrong input as documented.</summary>
    internal TestDevice CompatibleDevice { get; } = TestDevice.New();

    internal CloudProcess Cloud { get; private set; } = null!;

    internal ProficloudClient Reader { get; private set; } = null!;

    internal ProficloudClient StrangerReader { get; private set; } = null!;

    /// <summary>A device of tenant t1 that no other test uses.</summary>
    internal TestDevice TakeDevice() => devices[Interlocked.Increment(ref taken) - 1];

    public async ValueTask InitializeAsync()
    {
        var bootstrap = new TestBootstrap { DeviceBootstrap = DeviceBootstrap }
            .Tenant("t1", [Admin, Twins.First], devices)
            .Tenant("t2", [Stranger, Twins.Second])
            .Tenant("t3", [Compatible], [CompatibleDevice], new() { ["proficloudErrors500"] = true });
        Cloud = await CloudProcess.StartAsync(new CloudOptions { Data = folder.At("data"), Bootstrap = bootstrap });
        Reader = await ProficloudClient.LogInAsync(Cloud.Http, Admin);
        StrangerReader = await ProficloudClient.LogInAsync(Cloud.Http, Stranger);
    }

    public async ValueTask DisposeAsync()
    {
        Reader?.Dispose();
        StrangerReader?.Dispose();
        if (Cloud is not null)
        {
            await Cloud.DisposeAsync();
        }

        folder.Dispose();
    }
}

/// <summary>The tests of one collection run one after the other, and as many collections at a time as there are cores.</summary>
[CollectionDefinition(Name)]
public sealed class SharedCloudTests : ICollectionFixture<SharedCloud>
{
    public const string Name = "a shared cloud";
}

/// <summary>The tests that start clouds of their own.</summary>
[CollectionDefinition(Name)]
public sealed class OwnCloudTests
{
    public const string Name = "clouds of their own";
}

/// <summary>Tests of webhooks, which start clouds of their own too: they take minutes, and run beside the others.</summary>
[CollectionDefinition(Name)]
public sealed class WebhookCloudTests
{
    public const string Name = "clouds that call webhooks";
}
