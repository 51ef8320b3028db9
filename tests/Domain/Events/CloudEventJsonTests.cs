using System.Text.Json;
using Serverless.Domain.Events;

namespace Serverless.Domain.Tests.Events;

public class CloudEventJsonTests
{
    private const string Whole =
        """{"specversion":"1.0","id":"1","source":"/tenants/acme","type":"serverless.device.created","subject":"devices/1","time":"2026-03-01T12:00:00.1234567Z","datacontenttype":"application/json","data":{"a":1}}""";

    private static CloudEvent Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return CloudEventJson.Read(document.RootElement);
    }

    [Fact]
    public void An_event_is_read_and_written_the_same() => Assert.Equal(Whole, CloudEventJson.Write(Read(Whole)).ToJsonString());

    [Fact]
    public void Unknown_attributes_an_absent_subject_and_absent_data_are_no_error()
    {
        var read = Read("""{"specversion":"1.0","id":"1","source":"s","type":"t","time":"2026-03-01T13:00:00+01:00","extra":1}""");

        Assert.Equal(("", 0), (read.Subject, read.Data.Count));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), read.Time);
    }

    [Theory]
    [InlineData("specversion", "Not a CloudEvents 1.0 event in JSON.")]
    [InlineData("id", "The event has no valid attribute 'id'.")]
    [InlineData("source", "The event has no valid attribute 'source'.")]
    [InlineData("type", "The event has no valid attribute 'type'.")]
    [InlineData("time", "The event has no valid attribute 'time'.")]
    public void A_missing_attribute_is_named(string name, string message)
    {
        var failure = Assert.Throws<FormatException>(() => Read(Whole.Replace($"\"{name}\"", "\"other\"", StringComparison.Ordinal)));

        Assert.Equal(message, failure.Message);
    }
}
