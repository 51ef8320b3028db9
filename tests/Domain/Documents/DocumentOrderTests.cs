using System.Text.Json;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Tests.Documents;

public class DocumentOrderTests
{
    private static (string Id, JsonElement Body) Document(string id, string body) => (id, JsonDocument.Parse(body).RootElement);

    [Fact]
    public void Members_order_by_type_then_value_then_id()
    {
        var ordered = new[]
        {
            Document("1", "{}"),
            Document("2", """{"v":null}"""),
            Document("3", """{"v":false}"""),
            Document("4", """{"v":true}"""),
            Document("5", """{"v":-1}"""),
            Document("6", """{"v":10}"""),
            Document("7", """{"v":"10"}"""),
            Document("8", """{"v":"9"}"""),
            Document("9", """{"v":[]}"""),
            Document("a", """{"v":{}}"""),
        };

        Assert.Equal(ordered, ordered.Reverse().Order(new DocumentOrder([new Ordering("v")])));
    }

    [Fact]
    public void Ids_ascend_between_equals_though_the_order_descends()
    {
        var (one, two, three) = (Document("1", """{"v":1}"""), Document("2", """{"v":1}"""), Document("3", """{"v":2}"""));

        Assert.Equal([three, one, two], new[] { two, one, three }.Order(new DocumentOrder([new Ordering("v", Descending: true)])));
    }
}
