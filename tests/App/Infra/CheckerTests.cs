using System.Diagnostics;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.App.Tests.Infra;

/// <summary>infra/check: syntax, symbols, and what modules want and give. With Azure's resource types, which are not kept here, it checks bodies too (README).</summary>
public sealed class CheckerTests
{
    [Fact]
    public async Task The_template_has_no_errors()
    {
        var run = await CheckAsync([.. Template.Files]);

        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains($"{Template.Files.Count} files: 0 errors", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "  params: { name: name, endpoint: unique, tags: tags }",
        "  params: { name: name, tags: tags }",
        "lacks its param 'endpoint'"
    )]
    [InlineData(
        "    workspaceId: monitoring.outputs.workspaceId\n    isPrivate",
        "    workspaceId: monitoring.outputs.workspace\n    isPrivate",
        "has no output 'workspace'"
    )]
    [InlineData("var hubUnits = ", "var hubUnits = nothing == ", "'nothing' is not declared")]
    [InlineData("@minLength(3)\n", "@minLength(3\n", "syntax")]
    public async Task The_checker_finds_what_is_wrong(string right, string wrong, string message)
    {
        using var folder = new ScratchFolder();
        var text = await File.ReadAllTextAsync(Template.Main, TestContext.Current.CancellationToken);
        Assert.Contains(right, text, StringComparison.Ordinal);
        var modules = Directory.CreateDirectory(Path.Combine(folder.Path, "infra", "modules"));
        foreach (var file in Directory.GetFiles(Repository.At("infra", "modules")))
        {
            File.Copy(file, Path.Combine(modules.FullName, Path.GetFileName(file)));
        }

        var run = await CheckAsync(folder.Write("azure.bicep", text.Replace(right, wrong, StringComparison.Ordinal)));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(message, run.Output, StringComparison.Ordinal);
    }

    private static async Task<CommandRun> CheckAsync(params string[] files)
    {
        var folder = await NodePackages.TemplateCheckerAsync();
        var start = new ProcessStartInfo("node", [Path.Combine(folder, "check.mjs"), .. files]);
        return await CommandRun.RunAsync(start, TimeSpan.FromMinutes(1));
    }
}
