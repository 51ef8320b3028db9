using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Domain.Events;

namespace Serverless.Domain.Tests.Events;

public sealed class CloudEventJsonTests
{
    private static readonly CloudEvent Event = new(
        "t1-5-created-1",
        "/tenants/t1",
        "serverless.device.created",
        "devices/5",
        new DateTimeOffset(2026, 3, 1, 12, 0, 0, 5, TimeSpan.Zero),
        new JsonObject { ["id"] = "5" }
    );

    [Fact]
    public void An_event_is_written_in_the_structured_format() =>
        Assert.Equal(
            "{'specversion':'1.0','id':'t1-5-created-1','source':'/tenants/t1','type':'serverless.device.created','subject':'devices/5',".Replace(
                '\'',
                '"'
            ) + "'time':'2026-03-01T12:00:00.0050000Z','datacontenttype':'application/json','data':{'id':'5'}}".Replace('\'', '"'),
            CloudEventJson.Write(Event).ToJsonString()
        );

    [Fact]
    public void What_was_written_is_read_again()
    {
        var read = Read(CloudEventJson.Write(Event).ToJsonString());

        Assert.Equal(Event with { Data = read.Data }, read);
        Assert.Equal("""{"id":"5"}""", read.Data.ToJsonString());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"specversion":"0.3","id":"1","source":"s","type":"t","time":"2026-03-01T12:00:00Z"}""")]
    [InlineData("""{"specversion":"1.0","source":"s","type":"t","time":"2026-03-01T12:00:00Z"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","type":"t","time":"2026-03-01T12:00:00Z"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","time":"2026-03-01T12:00:00Z"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","time":"2026-03-01T12:00:00Z","data":5}""")]
    public void What_is_no_event_is_refused(string json) => Assert.Throws<FormatException>(() => Read(json));

    private static CloudEvent Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return CloudEventJson.Read(document.RootElement);
    }
}
