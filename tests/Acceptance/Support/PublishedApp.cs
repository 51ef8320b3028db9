using System.Diagnostics;

namespace Serverless.Acceptance.Tests.Support;

/// <summary>
/// The executable that <c>dotnet publish functions/App -c Release</c> makes, published once for all tests. Where the environment variable
/// SERVERLESS_APP names a published executable, that one is driven.
/// </summary>
internal static class PublishedApp
{
    private static readonly TimeSpan PublishDeadline = TimeSpan.FromMinutes(10);
    private static readonly Lazy<Task<string>> Executable = new(PublishAsync);

    public static Task<string> ExecutableAsync() => Executable.Value;

    private static async Task<string> PublishAsync()
    {
        if (Environment.GetEnvironmentVariable("SERVERLESS_APP") is { Length: > 0 } given)
        {
            return given;
        }

        // The analyzers have had their say in the build; a second round of them costs minutes.
        var folder = new ScratchFolder(); // kept until the run ends
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "publish",
                Repository.At("functions", "App"),
                "-c",
                "Release",
                "-o",
                folder.Path,
                "--nologo",
                "-v",
                "q",
                "-nodeReuse:false",
                "-p:RunAnalyzers=false",
            ]
        );
        start.Environment["UseSharedCompilation"] = "false";
        (await CommandRun.RunAsync(start, PublishDeadline)).Succeeded();
        return folder.At("Serverless.App");
    }
}
