using Serverless.App.Hosting;

namespace Serverless.App.Tests.Hosting;

public sealed class AzureSettingsTests
{
    private readonly Dictionary<string, string> variables = new()
    {
        ["SERVERLESS_STORAGE"] = "azure",
        ["SERVERLESS_TABLES_URI"] = "https://iot1.table.core.windows.net/",
        ["SERVERLESS_TABLE"] = "series",
        ["SERVERLESS_QUEUES_URI"] = "https://iot1.queue.core.windows.net/",
        ["SERVERLESS_DELIVERIES_QUEUE"] = "deliveries",
        ["SERVERLESS_COSMOS_ENDPOINT"] = "https://iot1.documents.azure.com:443/",
        ["SERVERLESS_COSMOS_DATABASE"] = "iot",
        ["SERVERLESS_COSMOS_CONTAINER"] = "documents",
        ["SERVERLESS_IOT_HUB"] = "iot1.azure-devices.net",
        ["SERVERLESS_EVENT_GRID_TOPIC"] = "https://iot1.westeurope-1.eventgrid.azure.net/api/events",
        ["SERVERLESS_WEB_PUB_SUB"] = "https://iot1.webpubsub.azure.com",
        ["SERVERLESS_WEB_PUB_SUB_PRINCIPAL"] = "5d3f0a4e-3c0f-4f0e-9e55-7f3f2f1d9a01",
        ["SERVERLESS_DIRECTORY"] = "72f988bf-86f1-41af-91ab-2d7cd011db47",
        ["SERVERLESS_KEY_VAULT_URI"] = "https://iot1.vault.azure.net/",
        ["SERVERLESS_FRONT_DOOR_ID"] = "3f1c6a2e-52a1-4a11-9f0b-0a6c9f1f7a10",
        ["AZURE_CLIENT_ID"] = "9d6bb0de-6d5a-4f0c-8a37-1f7f54f6f3b1",
    };

    [Fact]
    public void Each_setting_has_its_property()
    {
        var settings = Read()!;

        Assert.Equal("iot1.table.core.windows.net", settings.Tables.Host);
        Assert.Equal("series", settings.Table);
        Assert.Equal("iot1.queue.core.windows.net", settings.Queues.Host);
        Assert.Equal("deliveries", settings.DeliveriesQueue);
        Assert.Equal("iot1.documents.azure.com", settings.Cosmos.Host);
        Assert.Equal(("iot", "documents"), (settings.CosmosDatabase, settings.CosmosContainer));
        Assert.Equal("iot1.azure-devices.net", settings.IotHub);
        Assert.Equal("/api/events", settings.EventGridTopic.AbsolutePath);
        Assert.Equal("iot1.webpubsub.azure.com", settings.WebPubSub.Host);
        Assert.Equal(Guid.Parse("5d3f0a4e-3c0f-4f0e-9e55-7f3f2f1d9a01"), settings.WebPubSubPrincipal);
        Assert.Equal(Guid.Parse("72f988bf-86f1-41af-91ab-2d7cd011db47"), settings.Directory);
        Assert.Equal("iot1.vault.azure.net", settings.KeyVault.Host);
        Assert.Equal(Guid.Parse("3f1c6a2e-52a1-4a11-9f0b-0a6c9f1f7a10"), settings.FrontDoorId);
        Assert.Equal(Guid.Parse("9d6bb0de-6d5a-4f0c-8a37-1f7f54f6f3b1"), settings.ClientId);
    }

    [Fact]
    public void All_names_are_listed_and_no_other_is_read()
    {
        var asked = new HashSet<string>();

        AzureSettings.Read(name =>
        {
            asked.Add(name);
            return variables.GetValueOrDefault(name);
        });

        Assert.Equal(AzureSettings.Names.Except([AzureSettings.EntraName, AzureSettings.WebhooksOriginName]).Order(), asked.Order());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("local")]
    public void Without_azure_nothing_is_read(string? storage)
    {
        Assert.Null(AzureSettings.Read(name => name == "SERVERLESS_STORAGE" ? storage : throw new InvalidOperationException(name)));
    }

    [Fact]
    public void Another_storage_is_refused()
    {
        variables["SERVERLESS_STORAGE"] = "floppy";

        Assert.Equal("SERVERLESS_STORAGE is azure, local or emulators, not 'floppy'.", Assert.Throws<StartException>(Read).Message);
    }

    [Fact]
    public void All_that_is_missing_is_named()
    {
        variables.Remove("SERVERLESS_TABLES_URI");
        variables["SERVERLESS_IOT_HUB"] = "";

        Assert.Equal(
            "The app settings are incomplete: SERVERLESS_TABLES_URI is missing. SERVERLESS_IOT_HUB is missing. azure.bicep sets them.",
            Assert.Throws<StartException>(Read).Message
        );
    }

    [Theory]
    [InlineData("SERVERLESS_TABLES_URI", "iot1.table.core.windows.net", "an https address without user, query and fragment")]
    [InlineData("SERVERLESS_TABLES_URI", "http://iot1.table.core.windows.net/", "an https address without user, query and fragment")]
    [InlineData(
        "SERVERLESS_TABLES_URI",
        "https://iot1.table.core.windows.net/?sig=c2VjcmV0",
        "an https address without user, query and fragment"
    )]
    [InlineData(
        "SERVERLESS_COSMOS_ENDPOINT",
        "https://me:c2VjcmV0@iot1.documents.azure.com",
        "an https address without user, query and fragment"
    )]
    [InlineData("SERVERLESS_IOT_HUB", "https://iot1.azure-devices.net", "a host name without a scheme")]
    [InlineData("SERVERLESS_IOT_HUB", "iot1.azure-devices.net/devices", "a host name without a scheme")]
    [InlineData("SERVERLESS_FRONT_DOOR_ID", "iot", "a UUID")]
    [InlineData("AZURE_CLIENT_ID", "iot", "a UUID")]
    public void What_is_malformed_is_named_and_not_repeated(string name, string value, string wanted)
    {
        variables[name] = value;

        var message = Assert.Throws<StartException>(Read).Message;

        Assert.Equal($"The app settings are incomplete: {name} is not {wanted}. azure.bicep sets them.", message);
        Assert.DoesNotContain("c2VjcmV0", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stand_in_on_this_machine_needs_no_tls()
    {
        variables["SERVERLESS_TABLES_URI"] = "http://127.0.0.1:10002/devstoreaccount1";
        variables["SERVERLESS_IOT_HUB"] = "localhost:8443";
        variables.Remove("AZURE_CLIENT_ID");

        var settings = Read()!;

        Assert.Equal("http://127.0.0.1:10002/devstoreaccount1", settings.Tables.AbsoluteUri);
        Assert.Equal("localhost:8443", settings.IotHub);
        Assert.Null(settings.ClientId);
    }

    private AzureSettings? Read() => AzureSettings.Read(variables.GetValueOrDefault);
}
