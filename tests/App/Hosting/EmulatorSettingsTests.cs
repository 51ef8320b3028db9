using Serverless.App.Hosting;

namespace Serverless.App.Tests.Hosting;

public sealed class EmulatorSettingsTests
{
    private readonly Dictionary<string, string> variables = new()
    {
        ["SERVERLESS_STORAGE"] = "emulators",
        ["SERVERLESS_TABLES_CONNECTION_STRING"] = "UseDevelopmentStorage=true;AccountKey=secret",
        ["SERVERLESS_TABLE"] = "series",
        ["SERVERLESS_COSMOS_ENDPOINT"] = "http://127.0.0.1:3000",
        ["SERVERLESS_COSMOS_KEY"] = "secret",
        ["SERVERLESS_COSMOS_DATABASE"] = "iot",
        ["SERVERLESS_COSMOS_CONTAINER"] = "documents",
    };

    [Fact]
    public void Each_setting_has_its_property_and_no_secret_is_printed()
    {
        var settings = Read()!;

        Assert.Equal(("series", "iot", "documents"), (settings.Table, settings.CosmosDatabase, settings.CosmosContainer));
        Assert.Equal(new Uri("http://127.0.0.1:3000"), settings.Cosmos);
        Assert.DoesNotContain("secret", settings.ToString(), StringComparison.Ordinal);
        Assert.Null(AzureSettings.Read(variables.GetValueOrDefault));
    }

    [Fact]
    public void A_queue_service_is_named_with_its_queue_and_signature_or_not_at_all()
    {
        Assert.Null(Read()!.Queues);
        variables["SERVERLESS_QUEUES_URI"] = "http://127.0.0.1:10001/devstoreaccount1";
        Assert.Contains("SERVERLESS_QUEUES_SIGNATURE is missing", Assert.Throws<StartException>(Read).Message, StringComparison.Ordinal);
        variables["SERVERLESS_DELIVERIES_QUEUE"] = "deliveries";
        variables["SERVERLESS_QUEUES_SIGNATURE"] = "sv=1&sig=secret";

        Assert.Equal("deliveries", Read()!.DeliveriesQueue);
        Assert.DoesNotContain("secret", Read()!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_is_missing_is_named()
    {
        variables.Remove("SERVERLESS_TABLES_CONNECTION_STRING");
        variables["SERVERLESS_COSMOS_ENDPOINT"] = "secret";

        var wrong = Assert.Throws<StartException>(Read);

        Assert.Contains("SERVERLESS_TABLES_CONNECTION_STRING is missing", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("SERVERLESS_COSMOS_ENDPOINT is not", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("azure")]
    [InlineData("local")]
    [InlineData("")]
    public void Elsewhere_nothing_is_looked_at(string storage)
    {
        variables["SERVERLESS_STORAGE"] = storage;
        variables.Remove("SERVERLESS_TABLE");

        Assert.Null(Read());
    }

    private EmulatorSettings? Read() => EmulatorSettings.Read(variables.GetValueOrDefault);
}
