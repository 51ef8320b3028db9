using System.Text.Json.Nodes;
using Serverless.Azure.CosmosDb;
using Serverless.Azure.Tests.Support;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Azure.Tests.CosmosDb;

public class ContainerDefinitionTests(CosmosServer server)
{
    [Fact]
    public void Every_listed_order_has_its_composite_index_over_kind_sort_keys_and_id()
    {
        var indexes = ContainerDefinition.IndexPolicy["compositeIndexes"]!.AsArray().Select(Text).ToList();

        Assert.Contains("/k ascending, /id ascending", indexes);
        Assert.Contains("/k ascending, /o/time descending, /id ascending", indexes);
        Assert.Contains("/k ascending, /o/lastMessage descending, /id ascending", indexes);
        Assert.Equal(indexes.Count, indexes.Distinct().Count());
        Assert.True(DocumentOrders.Listed.Contains(Kinds.Change, [new Ordering("name")]));
        Assert.False(DocumentOrders.Listed.Contains(Kinds.Change, [new Ordering("name", Descending: true)]));
    }

    [Theory]
    [InlineData(Kinds.Change, "name")]
    [InlineData(Kinds.Alarm, "-id")]
    [InlineData(Kinds.Alarm, "-time")]
    [InlineData(Kinds.AuditRecord, "-time")]
    [InlineData(Kinds.AuditRecord, "time")]
    [InlineData(Kinds.BulkOperation, "-id")]
    [InlineData(Kinds.CloudToDevice, "name")]
    [InlineData(Kinds.Command, "-id")]
    [InlineData(Kinds.Installation, "-id")]
    [InlineData(Kinds.Link, "time")]
    [InlineData(Kinds.DeadLetter, "-time")]
    [InlineData(Kinds.DeviceLog, "-time")]
    [InlineData(Kinds.DeviceEvent, "-time")]
    [InlineData(Kinds.DeviceEvent, "time")]
    [InlineData(Kinds.Event, "time")]
    [InlineData(Kinds.SigningKey, "time")]
    public void What_the_cloud_asks_for_in_order_needs_no_sorting(string kind, string order) =>
        Assert.True(DocumentOrders.Listed.Contains(kind, [new Ordering(order.TrimStart('-'), order[0] == '-')]));

    [Fact]
    public void Lists_of_devices_need_no_sorting() =>
        Assert.All(
            DeviceDirectory.Orders,
            name => Assert.All([false, true], down => Assert.True(DocumentOrders.Listed.Contains(Kinds.Device, [new Ordering(name, down)])))
        );

    [Fact]
    public async Task The_container_is_made_with_the_policy_that_the_template_mirrors()
    {
        var options = server.NewContainer();
        using var connection = CosmosConnection.Open(options, null);
        await connection.CreateContainerAsync(TestContext.Current.CancellationToken);

        using var http = new HttpClient();
        var container = JsonNode.Parse(
            await http.GetStringAsync(
                new Uri(options.Endpoint, $"dbs/{options.Database}/colls/{options.Container}"),
                TestContext.Current.CancellationToken
            )
        )!;

        var policy = container["indexingPolicy"]!.AsObject();

        // The SDK sends the list of kinds of indexes that a path once had.
        policy["includedPaths"]![0]!.AsObject().Remove("indexes");
        Assert.Equal(ContainerDefinition.DefaultTimeToLive, container["defaultTtl"]!.GetValue<int>());
        Assert.Equal([ContainerDefinition.PartitionKeyPath], container["partitionKey"]!["paths"]!.AsArray().Select(path => $"{path}"));
        foreach (var (name, expected) in ContainerDefinition.IndexPolicy)
        {
            Assert.True(JsonNode.DeepEquals(expected, policy[name]), $"{name}: {policy[name]}");
        }
    }

    [Fact]
    public void Options_print_no_key() =>
        Assert.DoesNotContain(server.NewContainer().Key!, $"{server.NewContainer()}", StringComparison.Ordinal);

    private static string Text(JsonNode? index) => string.Join(", ", index!.AsArray().Select(path => $"{path!["path"]} {path["order"]}"));
}
