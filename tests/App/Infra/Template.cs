using System.Text.RegularExpressions;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.App.Tests.Infra;

/// <summary>The Bicep files, as far as tests look into them.</summary>
internal static partial class Template
{
    public static readonly string Main = Repository.At("azure.bicep");

    /// <summary>Every Bicep file of the repository.</summary>
    public static IReadOnlyList<string> Files { get; } =
    [
        Main,
        .. Directory.GetFiles(Repository.At("infra"), "*.bicep", SearchOption.AllDirectories).Where(file => !file.Contains("node_modules")),
    ];

    /// <summary>The names of the app settings that the template gives the app.</summary>
    public static IReadOnlyList<string> AppSettings()
    {
        var block = SettingsBlock().Match(File.ReadAllText(Main));
        Assert.True(block.Success, "azure.bicep has no settings of the app.");
        return [.. SettingLine().Matches(block.Groups["lines"].Value).Select(match => match.Groups["name"].Value)];
    }

    [GeneratedRegex(
        @"^    settings: \{\n(?<lines>.*?)^    \}",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex SettingsBlock();

    [GeneratedRegex(@"^ +(?<name>\w+):", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SettingLine();
}
