using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Serverless.App.Tests;

/// <summary>References point one way, and dialects know nothing of each other.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Functions = FindFunctions();

    [Theory]
    [InlineData("Domain")]
    [InlineData("TimeSeries", "Domain")]
    [InlineData("InfluxQL", "Domain", "TimeSeries")]
    [InlineData("Dialects", "Domain", "TimeSeries", "InfluxQL")]
    [InlineData("Local", "Domain", "TimeSeries")]
    [InlineData("Azure", "Domain", "TimeSeries")]
    public void A_project_references_what_lies_below_it(string project, params string[] allowed)
    {
        var file = Path.Combine(Functions, project, $"Serverless.{project}.csproj");
        var references = Items(file, "ProjectReference").Select(path => Path.GetFileName(Path.GetDirectoryName(path.Replace('\\', '/'))!));

        Assert.Empty(references.Except(allowed));
    }

    [Fact]
    public void The_domain_needs_no_package_and_no_framework_but_the_base()
    {
        var file = Path.Combine(Functions, "Domain", "Serverless.Domain.csproj");

        Assert.Empty(Items(file, "PackageReference"));
        Assert.Empty(Items(file, "FrameworkReference"));
    }

    [Fact]
    public void Every_project_is_in_the_rule()
    {
        var projects = Directory.GetFiles(Functions, "*.csproj", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension);

        Assert.Empty(
            projects.Except([
                "Serverless.Domain",
                "Serverless.TimeSeries",
                "Serverless.InfluxQL",
                "Serverless.Dialects",
                "Serverless.Local",
                "Serverless.Azure",
                "Serverless.App",
            ])
        );
    }

    [Fact]
    public void Dialects_do_not_know_each_other()
    {
        // What no vendor owns is shared by all.
        string[] shared = ["Authentication", "Http"];
        var folder = Path.Combine(Functions, "Dialects");
        var dialects = Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)!).Except(["bin", "obj"]).ToList();
        Assert.Contains("Proficloud", dialects);
        var wrong =
            from dialect in dialects
            from file in Directory.GetFiles(Path.Combine(folder, dialect), "*.cs", SearchOption.AllDirectories)
            from Match match in DialectName().Matches(File.ReadAllText(file))
            let named = match.Groups["name"].Value
            where named != dialect && dialects.Contains(named) && (shared.Contains(dialect) || !shared.Contains(named))
            select $"{Path.GetFileName(file)} in {dialect} names {named}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void Adapters_and_dialects_do_not_know_each_other()
    {
        var wrong =
            from pair in new[]
            {
                ("Domain", "TimeSeries|InfluxQL|Dialects|Local|Azure|App"),
                ("TimeSeries", "InfluxQL|Dialects|Local|Azure|App"),
            }
            from file in Sources(pair.Item1)
            where Regex.IsMatch(File.ReadAllText(file), $@"using Serverless\.({pair.Item2})\b", RegexOptions.None, TimeSpan.FromSeconds(1))
            select file;

        Assert.Empty(wrong);
    }

    [GeneratedRegex(@"\bDialects\.(?<name>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DialectName();

    private static IEnumerable<string> Sources(string project) =>
        Directory
            .GetFiles(Path.Combine(Functions, project), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    private static IEnumerable<string> Items(string file, string name) =>
        XDocument.Load(file).Descendants(name).Select(item => (string)item.Attribute("Include")!);

    private static string FindFunctions()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Serverless.sln")))
            {
                return Path.Combine(folder.FullName, "functions");
            }
        }

        throw new InvalidOperationException("The tests run below the repository's folder.");
    }
}
