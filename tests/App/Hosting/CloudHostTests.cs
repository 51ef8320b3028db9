using System.Net;
using System.Net.Sockets;
using Serverless.App.Hosting;

namespace Serverless.App.Tests.Hosting;

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

    [Theory]
    [InlineData("/")]
    [InlineData("/health")]
    public async Task Whoever_asks_for_the_head_only_gets_it(string path)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var url = $"http://127.0.0.1:{FreePort()}";
        var running = CloudHost.RunAsync(Options(url), stop.Token);
        using var http = new HttpClient();
        HttpResponseMessage? answer = null;
        for (var i = 0; i < 500 && answer is null && !running.IsCompleted; i++)
        {
            try
            {
                using var head = new HttpRequestMessage(HttpMethod.Head, url + path);
                answer = await http.SendAsync(head, stop.Token);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(20, stop.Token);
            }
        }

        await stop.CancelAsync();
        Assert.Equal(HttpStatusCode.OK, answer?.StatusCode);
        Assert.Equal(0, await running);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static async Task AssertToldAsync(AppOptions options)
    {
        var (code, error) = await StartProblem.OfAsync(() => CloudHost.RunAsync(options, TestContext.Current.CancellationToken));
        Assert.Equal(1, code);
        Assert.StartsWith("Cannot start: ", error, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private AppOptions Options(string url) => new(url, folder.FullName, -1, -1, null, false);
}
