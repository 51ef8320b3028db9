using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Serverless.Acceptance.Tests.Support;
using Serverless.App.Hosting;

namespace Serverless.App.Tests.Infra;

/// <summary>What the app, its functions' bindings and the host read is what the template sets: nothing is missing, nothing is left over.</summary>
public sealed partial class AppSettingsTests
{
    // The Functions host's own storage, its home page, and Application Insights; host.json's values by their path.
    private static readonly string[] OfTheHost =
    [
        "AzureWebJobsStorage__blobServiceUri",
        "AzureWebJobsStorage__queueServiceUri",
        "AzureWebJobsStorage__tableServiceUri",
        "AzureWebJobsStorage__credential",
        "AzureWebJobsStorage__clientId",
        "AzureWebJobsDisableHomepage",
        "AzureFunctionsJobHost__logging__applicationInsights__samplingSettings__maxTelemetryItemsPerSecond",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    ];

    // Where the environment may be read: these names are the template's, the host's, or options that a person gives.
    private static readonly string[] Readers = ["AzureSettings.cs", "AppOptions.cs", "HostInvocation.cs", "Observability.cs"];

    [Fact]
    public void The_template_sets_what_is_read_and_nothing_else()
    {
        // What both the app and a binding read is one setting.
        var read = AzureSettings.Names.Concat(OfTheHost).Concat(OfTheBindings()).Distinct();

        Assert.Equal(read.Order(StringComparer.Ordinal), Template.AppSettings().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_bindings_name_the_event_hub()
    {
        Assert.Contains("TELEMETRY_EVENT_HUB", OfTheBindings());
        Assert.Contains("TELEMETRY__fullyQualifiedNamespace", OfTheBindings());
    }

    [Fact]
    public void The_environment_is_read_in_one_place()
    {
        var readers =
            from file in Directory.GetFiles(Repository.At("functions"), "*.cs", SearchOption.AllDirectories)
            where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            where File.ReadAllText(file).Contains("GetEnvironmentVariable", StringComparison.Ordinal)
            select Path.GetFileName(file);

        Assert.Equal(Readers.Order(), readers.Order());
    }

    [Fact]
    public void Sampling_is_where_the_setting_overrides_it()
    {
        var path = OfTheHost.Single(name => name.StartsWith("AzureFunctionsJobHost__", StringComparison.Ordinal)).Split("__")[1..];
        var value = path.Aggregate(JsonNode.Parse(File.ReadAllText(Repository.At("host.json"))), (node, name) => node![name]);

        Assert.NotNull(value);
    }

    private static List<string> OfTheBindings()
    {
        var names = new List<string>();
        foreach (
            var file in Directory.GetFiles(Repository.At("functions", "App", "Triggers"), "function.json", SearchOption.AllDirectories)
        )
        {
            var text = File.ReadAllText(file);
            names.AddRange(Percent().Matches(text).Select(match => match.Groups["name"].Value));
            foreach (var binding in JsonNode.Parse(text)!["bindings"]!.AsArray())
            {
                names.AddRange(OfConnection(binding!));
            }
        }

        return names;
    }

    /// <summary>What a connection by managed identity is made of. Without a name, and by this name, it is the host's storage.</summary>
    private static IEnumerable<string> OfConnection(JsonNode binding)
    {
        if ((string?)binding["connection"] is not { Length: > 0 } connection || connection == "AzureWebJobsStorage")
        {
            return [];
        }

        var address = (string)binding["type"]! switch
        {
            "eventHubTrigger" => "fullyQualifiedNamespace",
            "queueTrigger" => "queueServiceUri",
            var other => throw new InvalidOperationException($"How does a {other} with a connection find its service?"),
        };
        return [$"{connection}__{address}", $"{connection}__credential", $"{connection}__clientId"];
    }

    [GeneratedRegex("%(?<name>[A-Za-z0-9_]+)%", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Percent();
}
