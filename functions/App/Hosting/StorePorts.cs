using Azure.Core;
using Serverless.Azure.CosmosDb;
using Serverless.Azure.KeyVault;
using Serverless.Azure.TableStorage;
using Serverless.Dialects.Authentication;
using Serverless.Domain.Documents;
using Serverless.Domain.Series;
using Serverless.Domain.Users;
using Serverless.Local.Sqlite;

namespace Serverless.App.Hosting;

/// <summary>Where documents, series and signing keys are kept: in SQLite's one file, in Azure's services, or in stand-ins of those.</summary>
internal static class StorePorts
{
    private const string DatabaseFile = "cloud.db";

    public static void AddSqlite(this IServiceCollection services, string folder)
    {
        services.AddSingleton(_ => SqliteDatabase.Open(new SqliteOptions { Path = Path.Combine(folder, DatabaseFile) }));
        services.AddSingleton<SqliteDocumentStore>();
        services.AddSingleton<IDocumentStore>(provider => provider.GetRequiredService<SqliteDocumentStore>());
        services.AddSingleton<IRunStore, SqliteRunStore>();
        services.AddSingleton<ISigningKeyStore, DocumentSigningKeys>();
        services.AddHostedService<HousekeepingService>();
    }

    public static void AddAzureStores(this IServiceCollection services, AzureSettings settings, TokenCredential credential)
    {
        var cosmos = new CosmosOptions
        {
            Endpoint = settings.Cosmos,
            Database = settings.CosmosDatabase,
            Container = settings.CosmosContainer,
        };
        services.AddCosmos(cosmos, credential);
        services.AddTableStorage(new AzureTableOptions { Endpoint = settings.Tables, Table = settings.Table }, credential);
        services.AddKeyVaultSigningKeys(new KeyVaultOptions(settings.KeyVault));
    }

    public static void AddEmulatedStores(this IServiceCollection services, EmulatorSettings settings)
    {
        services.AddCosmos(
            new CosmosOptions
            {
                Endpoint = settings.Cosmos,
                Key = settings.CosmosKey,
                Database = settings.CosmosDatabase,
                Container = settings.CosmosContainer,
                Gateway = true,
            },
            null
        );
        services.AddTableStorage(new AzureTableOptions { ConnectionString = settings.Tables, Table = settings.Table });
        services.AddSingleton<ISigningKeyStore, DocumentSigningKeys>();
    }

    private static void AddCosmos(this IServiceCollection services, CosmosOptions options, TokenCredential? credential)
    {
        services.AddSingleton(_ => CosmosConnection.Open(options, credential));
        services.AddSingleton<IDocumentStore>(provider =>
            provider
                .GetRequiredService<CosmosConnection>()
                .Documents(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<CosmosDocumentStore>>())
        );
    }
}
