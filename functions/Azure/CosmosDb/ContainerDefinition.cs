using System.Text.Json.Nodes;
using Microsoft.Azure.Cosmos;

namespace Serverless.Azure.CosmosDb;

/// <summary>The container as it must be made: partition key, time to live and index policy. The template of the deployment says the
/// same.</summary>
public static class ContainerDefinition
{
    public const string PartitionKeyPath = "/pk";

    /// <summary>Time to live is on, and documents say their own.</summary>
    public const int DefaultTimeToLive = -1;

    // Bodies kept as text, marks and the changes' payloads are never asked for, and every indexed path costs each write request units.
    private static readonly string[] ExcludedPaths = ["/x/?", "/m/?", "/i/?", "/b/body/*", "/\"_etag\"/?"];

    /// <summary>The container's index policy in the form of the resource type
    /// Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers.</summary>
    public static JsonObject IndexPolicy => PolicyOf(DocumentOrders.Listed);

    internal static JsonObject PolicyOf(DocumentOrders orders) =>
        new()
        {
            ["indexingMode"] = "consistent",
            ["automatic"] = true,
            ["includedPaths"] = new JsonArray(new JsonObject { ["path"] = "/*" }),
            ["excludedPaths"] = new JsonArray([.. ExcludedPaths.Select(path => new JsonObject { ["path"] = path })]),
            ["compositeIndexes"] = new JsonArray([
                .. orders.CompositeIndexes.Select(index => new JsonArray([
                    .. index.Select(by => new JsonObject { ["path"] = by.Path, ["order"] = by.Descending ? "descending" : "ascending" }),
                ])),
            ]),
        };

    internal static ContainerProperties Of(string name, DocumentOrders orders)
    {
        var properties = new ContainerProperties(name, PartitionKeyPath)
        {
            // Version 2 takes keys of up to 2 KiB.
            PartitionKeyDefinitionVersion = PartitionKeyDefinitionVersion.V2,
            DefaultTimeToLive = DefaultTimeToLive,
            IndexingPolicy = new IndexingPolicy { Automatic = true, IndexingMode = IndexingMode.Consistent },
        };
        properties.IndexingPolicy.IncludedPaths.Add(new IncludedPath { Path = "/*" });
        foreach (var path in ExcludedPaths)
        {
            properties.IndexingPolicy.ExcludedPaths.Add(new ExcludedPath { Path = path });
        }

        foreach (var index in orders.CompositeIndexes)
        {
            properties.IndexingPolicy.CompositeIndexes.Add([
                .. index.Select(by => new CompositePath
                {
                    Path = by.Path,
                    Order = by.Descending ? CompositePathSortOrder.Descending : CompositePathSortOrder.Ascending,
                }),
            ]);
        }

        return properties;
    }
}
