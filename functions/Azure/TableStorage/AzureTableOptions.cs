namespace Serverless.Azure.TableStorage;

/// <summary>Where the table of series is. Either an endpoint, which is used with a credential of Entra, or a connection string.</summary>
public sealed class AzureTableOptions
{
    /// <summary>The account's endpoint of tables, such as <c>https://account.table.core.windows.net</c>.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>
    /// For Azurite: <c>UseDevelopmentStorage=true</c>, or AccountName with AccountKey or SharedAccessSignature, and TableEndpoint where it is not the public cloud's. It is a secret.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>The table, 3 to 63 letters and digits. It is created on first use. Default "series".</summary>
    public string Table { get; set; } = "series";
}
