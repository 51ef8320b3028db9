#if ON_AZURE
using System.Diagnostics;
using Serverless.Acceptance.Tests.FunctionsHost;

namespace Serverless.Acceptance.Tests.Support;

/// <summary>The other ground that the acceptance tests run on: the cloud behind the Functions host, its data in Azurite and a Cosmos-compatible server.</summary>
internal static class Ground
{
    private const string Port = "FUNCTIONS_CUSTOMHANDLER_PORT";

    public static async Task PrepareAsync(ProcessStartInfo start, string data)
    {
        var port = FakeHost.FreePort();
        FakeHost.Prepare(start, port);
        foreach (var (name, value) in await StandIns.EnvironmentAsync(data))
        {
            start.Environment[name] = value;
        }

        // It listens where the host expects it, whatever the test says.
        var urls = start.ArgumentList.IndexOf("--urls");
        start.ArgumentList[urls + 1] = $"http://127.0.0.1:{port}";
    }

    /// <summary>Waits until the handler answers, as the host does.</summary>
    /// <returns>Where it does.</returns>
    public static async Task<Uri> ReadyAsync(Process process, Output output)
    {
        var address = new Uri($"http://127.0.0.1:{process.StartInfo.Environment[Port]}");
        using var client = new HttpClient { BaseAddress = address };
        await Poll.UntilAsync(
            "the handler answers",
            async () =>
            {
                if (process.HasExited)
                {
                    throw new InvalidOperationException($"The handler has ended:\n{output}");
                }

                try
                {
                    return (await client.GetAsync("/")).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            }
        );
        return address;
    }

    public static async Task InvokeAsync(Uri address, string function, string envelope)
    {
        using var client = new HttpClient { BaseAddress = address, Timeout = Poll.Patience };
        await FakeHost.InvokeAsync(client, function, envelope);
    }
}
#endif
