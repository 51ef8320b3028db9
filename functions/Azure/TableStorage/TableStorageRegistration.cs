using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Domain.Series;
using Serverless.TimeSeries;

namespace Serverless.Azure.TableStorage;

/// <summary>Puts series into Table Storage.</summary>
public static class TableStorageRegistration
{
    private const string Scope = "https://storage.azure.com/.default";

    /// <summary>Registers the <see cref="IRunStore"/>, and the <see cref="SeriesOptions"/> that suit it.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">Where the table is.</param>
    /// <param name="credential">Who is calling, where <see cref="AzureTableOptions.Endpoint"/> is set: an identity with the role Storage Table Data Contributor.</param>
    /// <exception cref="ArgumentException">There is not exactly one of endpoint with credential and connection string.</exception>
    /// <exception cref="FormatException">The connection string lacks something.</exception>
    public static IServiceCollection AddTableStorage(
        this IServiceCollection services,
        AzureTableOptions options,
        TokenCredential? credential = null
    )
    {
        var connection = Connect(options, credential);
        services.AddSingleton<IRunStore>(_ => new TableRunStore(Client(connection, options.Table, new TableClientOptions())));
        return services.AddSingleton(Series());
    }

    /// <summary>How a series store uses Table Storage so that it takes few requests: FORMAT.md, "How many requests".</summary>
    public static SeriesOptions Series() =>
        new()
        {
            MaxLivePoints = 4_000_000,
            MaxLiveBytes = 160 << 20,
            MergeRows = 8,
            ReadsWindows = true,
        };

    internal static TableConnection Connect(AzureTableOptions options, TokenCredential? credential) =>
        (options.Endpoint, options.ConnectionString, credential) switch
        {
            ({ IsAbsoluteUri: true } endpoint, null, { } identity) => new TableConnection(
                endpoint,
                new BearerTokenAuthenticationPolicy(identity, Scope)
            ),
            (null, { } connectionString, _) => TableConnection.Parse(connectionString),
            _ => throw new ArgumentException(
                "Table Storage needs either an absolute endpoint and a credential, or a connection string.",
                nameof(options)
            ),
        };

    internal static TableClient Client(TableConnection connection, string table, TableClientOptions options) =>
        new(
            HttpPipelineBuilder.Build(options, [], [connection.Authentication, new TransactionRetryPolicy()], new ResponseClassifier()),
            connection.Service,
            table
        );
}
