using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.FunctionsHost;

/// <summary>The zip that infra/package builds, unzipped as Azure does it; built once for all its tests, or named by SERVERLESS_PACKAGE.</summary>
public sealed class Package : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(15);
    private readonly ScratchFolder folder = new();

    public string Zip { get; private set; } = "";

    /// <summary>The unzipped folder.</summary>
    public string Root => folder.At("app");

    public async ValueTask InitializeAsync()
    {
        Zip = Environment.GetEnvironmentVariable("SERVERLESS_PACKAGE") is { Length: > 0 } given ? given : await BuildAsync();

        // Gives the modes that the zip says and no others, as a mounted package has them.
        ZipFile.ExtractToDirectory(Zip, Root);
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> BuildAsync()
    {
        var start = new ProcessStartInfo(Repository.At("infra", "package"), ["--output", folder.At("app.zip")]);
        start.Environment["UseSharedCompilation"] = "false";
        (await CommandRun.RunAsync(start, Deadline)).Succeeded();
        return folder.At("app.zip");
    }
}

/// <summary>The package runs under the Functions host, on a machine that has no .NET.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class PackageTests(Package package) : IClassFixture<Package>
{
    [Fact]
    public async Task A_batch_goes_in_and_is_read_back()
    {
        await using var cloud = await HostedCloud.StartAsync(await ExecutableAsync());
        var device = cloud.Devices[0].Uuid;

        await cloud.Host.InvokeAsync("telemetry", Envelope.Many(HostEvent.Of(device, """{"timestamp":1595328301000,"temp":21.5}""", 100)));

        using var reader = await cloud.Host.LogInAsync(HostedCloud.Admin);
        Assert.Equal([("2020-07-21T10:45:01Z", 21.5)], await reader.PointsAsync(device, "auto~temp"));
    }

    [Fact]
    public async Task The_runtime_is_in_it()
    {
        var executable = await ExecutableAsync();
        var configuration = JsonNode.Parse(
            await File.ReadAllTextAsync(executable + ".runtimeconfig.json", TestContext.Current.CancellationToken)
        )!;

        Assert.NotNull(configuration["runtimeOptions"]!["includedFrameworks"]);
        Assert.Null(configuration["runtimeOptions"]!["framework"]);
        Assert.True(File.Exists(Path.Combine(package.Root, "libcoreclr.so")));
    }

    [Fact]
    public async Task Every_function_of_the_sources_is_a_folder_at_the_root()
    {
        var sources = Directory.GetFiles(Repository.At("functions", "App", "Triggers"), "function.json", SearchOption.AllDirectories);

        Assert.True(sources.Length >= 2);
        foreach (var source in sources)
        {
            var name = Path.GetFileName(Path.GetDirectoryName(source))!;
            Assert.Equal(
                await File.ReadAllTextAsync(source, TestContext.Current.CancellationToken),
                await File.ReadAllTextAsync(Path.Combine(package.Root, name, "function.json"), TestContext.Current.CancellationToken)
            );
        }
    }

    [Fact]
    public async Task Only_what_the_host_starts_is_executable()
    {
        var executable = Path.GetRelativePath(package.Root, await ExecutableAsync());
        using var zip = ZipFile.OpenRead(package.Zip);

        // The upper half of a zip's external attributes is the mode that Unix has.
        Assert.All(
            zip.Entries,
            entry =>
                Assert.Equal(entry.FullName == executable ? "755" : "644", Convert.ToString((entry.ExternalAttributes >> 16) & 0x1FF, 8))
        );
    }

    [Fact]
    public void Its_order_and_times_do_not_depend_on_when_and_where_it_was_built()
    {
        using var zip = ZipFile.OpenRead(package.Zip);

        Assert.Equal(
            zip.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal),
            zip.Entries.Select(entry => entry.FullName)
        );
        Assert.All(zip.Entries, entry => Assert.Equal(new DateTime(2000, 1, 1), entry.LastWriteTime.DateTime));
        Assert.DoesNotContain(
            zip.Entries,
            entry => entry.FullName.EndsWith(".pdb", StringComparison.Ordinal) || entry.FullName.EndsWith('/')
        );
    }

    private async Task<string> ExecutableAsync()
    {
        var host = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(package.Root, "host.json"), TestContext.Current.CancellationToken)
        )!;
        return Path.Combine(package.Root, (string)host["customHandler"]!["description"]!["defaultExecutablePath"]!);
    }
}
