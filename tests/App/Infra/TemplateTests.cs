using System.Text.RegularExpressions;

namespace Serverless.App.Tests.Infra;

public sealed partial class TemplateTests
{
    // Roles that the template may give, by their ids in every Azure directory.
    private static readonly Dictionary<string, string> Roles = new()
    {
        ["monitoringMetricsPublisher"] = "3913510d-42f4-4e42-8a64-420c390055eb",
        ["blobDataOwner"] = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        ["blobDataContributor"] = "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        ["queueDataContributor"] = "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
        ["tableDataContributor"] = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
        ["eventhubs.dataSender"] = "2b629674-e913-4c01-ae53-ef4638d8f975",
        ["eventhubs.dataReceiver"] = "a638d3c7-ab3a-418d-83e6-5f17a39d4fde",
        ["eventgrid.dataSender"] = "d5a91429-5739-47e2-a06b-3470a27159e7",
        ["iothub.dataContributor"] = "4fc6c259-987e-4a07-842e-c321cc9d413f",
        ["secretsOfficer"] = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
        ["serviceOwner"] = "12cf5a90-567b-43ae-8102-96cf46c7d9b4",
        ["cosmos.dataContributor"] = "00000000-0000-0000-0000-000000000002",
    };

    [Fact]
    public void No_key_is_read_and_none_is_good_for_anything()
    {
        foreach (var file in Template.Files)
        {
            Assert.DoesNotMatch(KeyReader(), File.ReadAllText(file));
        }

        var all = All();
        Assert.Contains("allowSharedKeyAccess: false", all, StringComparison.Ordinal);
        Assert.DoesNotContain("disableLocalAuth: false", all, StringComparison.OrdinalIgnoreCase);
        // Event Hubs, IoT Hub, Cosmos DB, Event Grid, Web PubSub, Log Analytics, Application Insights.
        Assert.Equal(7, Regex.Count(all, "disableLocalAuth: true", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Only_these_roles_are_given()
    {
        var given = Id().Matches(All()).Select(match => match.Value).Distinct();

        Assert.Equal(Roles.Values.Order(), given.Order());
    }

    [Fact]
    public void Every_parameter_of_the_template_is_described_and_every_number_bounded()
    {
        var parameters = Parameter().Matches(File.ReadAllText(Template.Main));

        Assert.True(parameters.Count > 10);
        foreach (Match parameter in parameters)
        {
            var name = parameter.Groups["name"].Value;
            if (name is not ("location" or "tags"))
            {
                Assert.Contains("@description(", parameter.Groups["decorators"].Value, StringComparison.Ordinal);
            }

            if (parameter.Groups["type"].Value == "int")
            {
                Assert.Matches(@"@allowed\(|@minValue\([\s\S]*@maxValue\(", parameter.Groups["decorators"].Value);
            }
        }
    }

    [Fact]
    public void Every_source_of_messages_has_its_route()
    {
        var hub = File.ReadAllText(Template.Files.Single(file => file.EndsWith("iothub.bicep", StringComparison.Ordinal)));

        foreach (var source in new[] { "DeviceMessages", "TwinChangeEvents", "DeviceLifecycleEvents", "DeviceConnectionStateEvents" })
        {
            Assert.Contains($"source: '{source}' }}\n", hub, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_storage_account_alone_takes_no_hyphen()
    {
        Assert.Matches(
            @"module storage [^{]*\{\s*params: \{[^}]*name: take\(replace\(unique, '-', ''\), 24\)",
            File.ReadAllText(Template.Main)
        );
    }

    [Fact]
    public void What_somebody_sets_is_what_the_app_gets()
    {
        // Not rounded up to what a default would be: instances cost money.
        Assert.Contains(
            "maximumInstances: maximumInstances == 0 ? chosen.maximumInstances : maximumInstances\n",
            File.ReadAllText(Template.Main),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("alwaysOn")]
    [InlineData("ftpsState")]
    [InlineData("functionsRuntimeScaleMonitoringEnabled")]
    [InlineData("linuxFxVersion")]
    [InlineData("netFrameworkVersion")]
    [InlineData("preWarmedInstanceCount")]
    [InlineData("use32BitWorkerProcess")]
    [InlineData("windowsFxVersion")]
    [InlineData("FUNCTIONS_WORKER_RUNTIME")]
    [InlineData("FUNCTIONS_EXTENSION_VERSION")]
    [InlineData("WEBSITE_RUN_FROM_PACKAGE")]
    public void What_flex_consumption_refuses_is_not_set(string property)
    {
        // By ARM's own list in https://learn.microsoft.com/answers/questions/2277522 and https://learn.microsoft.com/azure/azure-functions/functions-app-settings.
        Assert.DoesNotMatch($@"\b{property}:", All());
    }

    private static string All() => string.Join('\n', Template.Files.Select(File.ReadAllText));

    [GeneratedRegex(
        @"\blist(Account|Service)?(Keys|Credentials|ConnectionStrings|Sas)?\(|AccountKey|SharedAccessKey|primaryKey|authorizationRules",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex KeyReader();

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Id();

    [GeneratedRegex(
        @"(?<decorators>(^@.*\n)*)^param (?<name>\w+) (?<type>\w+)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Parameter();
}
