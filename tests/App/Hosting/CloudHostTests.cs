using Serverless.App.Hosting;

namespace Serverless.App.Tests.Hosting;

[Collection(StartProblem.Collection)]
public sealed class CloudHostTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("serverless-app-");

    [Theory]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://256.1.1.1:0")]
    [InlineData("https://127.0.0.1:0")]
    public Task An_address_that_is_none_is_told_in_words(string url) => AssertToldAsync(Options(url));

    [Fact]
    public Task Certificates_that_cannot_be_written_are_told_in_words()
    {
        File.WriteAllText(Path.Combine(folder.FullName, "certificates"), "a file");
        return AssertToldAsync(Options("http://127.0.0.1:0") with { MqttsPort = 0 });
    }

    [Fact]
    public async Task A_stop_while_it_starts_is_no_failure()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        Assert.Equal(0, await CloudHost.RunAsync(Options("http://127.0.0.1:0"), stop.Token));
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static async Task AssertToldAsync(AppOptions options)
    {
        var (code, error) = await StartProblem.OfAsync(() => CloudHost.RunAsync(options, TestContext.Current.CancellationToken));
        Assert.Equal(1, code);
        Assert.StartsWith("Cannot start: ", error, StringComparison.Ordinal);
    }

    private AppOptions Options(string url) => new(url, folder.FullName, -1, -1, null, false);
}
