using System.Text.Json.Nodes;
using Serverless.Azure.CosmosDb;

namespace Serverless.Azure.Tests.CosmosDb;

public sealed class TemplateTests
{
    [Fact]
    public void The_template_makes_the_container_that_the_documents_need()
    {
        var template = File.ReadAllText(Repository.At("infra", "modules", "cosmosdb.bicep"));
        var policy = JsonNode.Parse(File.ReadAllText(Repository.At("infra", "modules", "index-policy.json")));

        Assert.True(JsonNode.DeepEquals(ContainerDefinition.IndexPolicy, policy), ContainerDefinition.IndexPolicy.ToJsonString());
        Assert.Contains($"'{ContainerDefinition.PartitionKeyPath}'", template, StringComparison.Ordinal);
        Assert.Contains($"defaultTtl: {ContainerDefinition.DefaultTimeToLive}", template, StringComparison.Ordinal);
        Assert.Contains("loadJsonContent('index-policy.json')", template, StringComparison.Ordinal);
    }
}
