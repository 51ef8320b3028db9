using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Devices;

/// <summary>The forms of payload, sent by mosquitto_pub and read back as series.</summary>
[Collection(SharedCloudTests.Name)]
public sealed class PayloadTests(SharedCloud shared)
{
    [Theory]
    [InlineData("""{"timestamp":1595328301000,"a":21.5}""", "auto~a", """{"value":21.5}""")]
    [InlineData("""{"timestamp":1595328301000,"a":9007199254740991}""", "auto~a", """{"value":9007199254740991}""")]
    [InlineData("""{"timestamp":1595328301000,"a":true,"b":1}""", "auto~a", """{"value":true}""")]
    [InlineData("""{"timestamp":1595328301000,"a":"grün \"x\""}""", "auto~a", """{"value":"grün \"x\""}""")]
    [InlineData("""{"timestamp":1595328301000,"a":null,"b":1}""", "auto~b", """{"value":1}""")]
    [InlineData("""{"timestamp":1595328301000,"a":{"b":1,"c":2.5}}""", "a", """{"b":1,"c":2.5}""")]
    [InlineData("""{"timestamp":"2020-07-21T10:45:01Z","a":1}""", "auto~a", """{"value":1}""")]
    [InlineData("""{"data":{"timestamp":1595328301000,"a":12.0,"b":2.0}}""", "auto~a", """{"value":12}""")]
    [InlineData("""{"data":{"timestamp":1595328301000,"a":1},"log":{"level":1,"tag":"t","msg":"m"}}""", "auto~a", """{"value":1}""")]
    public async Task A_reading_is_read_back_under_its_name(string payload, string series, string values)
    {
        var device = shared.TakeDevice();

        await new Mosquitto(shared.Cloud).PublishAsync(device, payload);

        var last = JsonNode.Parse(await shared.Reader.LastAsync(device.Uuid, series))![device.Uuid]![series]![0]!;
        Assert.Equal("2020-07-21T10:45:01Z", (string)last["timestamp"]!);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(values), last["values"]), last.ToJsonString());
    }

    [Theory]
    [InlineData("""[{"timestamp":1595328301000,"a":1},{"timestamp":1595328302000,"a":2}]""")]
    [InlineData("""{"data":[{"timestamp":1595328302000,"a":2},{"timestamp":1595328301000,"a":1}]}""")]
    public async Task A_batch_has_a_point_for_each_time(string payload)
    {
        var device = shared.TakeDevice();

        await new Mosquitto(shared.Cloud).PublishAsync(device, payload);

        Assert.Equal([("2020-07-21T10:45:01Z", 1), ("2020-07-21T10:45:02Z", 2)], await shared.Reader.PointsAsync(device.Uuid, "auto~a"));
    }

    [Fact]
    public async Task A_reading_without_a_time_has_that_of_its_arrival()
    {
        var device = shared.TakeDevice();
        var before = DateTimeOffset.UtcNow;

        await new Mosquitto(shared.Cloud).PublishAsync(device, """{"a":1}""");

        var (time, _) = Assert.Single(await shared.Reader.PointsAsync(device.Uuid, "auto~a"));
        Assert.InRange(DateTimeOffset.Parse(time), before.AddMilliseconds(-1), DateTimeOffset.UtcNow.AddMilliseconds(1));
    }

    [Fact]
    public async Task The_newest_reading_is_the_one_with_the_newest_time_and_not_the_last_to_come()
    {
        var device = shared.TakeDevice();

        await new Mosquitto(shared.Cloud).PublishAsync(device, """{"timestamp":1595328302000,"a":2}""");
        await new Mosquitto(shared.Cloud).PublishAsync(device, """{"timestamp":1595328301000,"a":1}""");

        Assert.Contains("\"value\":2}", await shared.Reader.LastAsync(device.Uuid, "auto~a"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_traffic_light_is_the_devices_health()
    {
        var device = shared.TakeDevice();
        using var management = await ManagementClient.LogInAsync(shared.Cloud.Http, SharedCloud.Admin);

        await new Mosquitto(shared.Cloud).PublishAsync(device, """{"trafficlight":{"color":2,"msg":"Some errors"}}""");

        var health = (await management.GetAsync($"devices/{device.Uuid}"))!["health"]!;
        Assert.Equal("Red", (string)health["color"]!);
        Assert.Equal("Some errors", (string)health["message"]!);
    }

    [Theory]
    [InlineData("{bad json")]
    [InlineData("")]
    [InlineData("21.5")]
    [InlineData("""{"timestamp":"yesterday","a":1}""")]
    [InlineData("""{"data":{"a":1},"trafficlight":{"color":9,"msg":"?"}}""")]
    public async Task A_message_that_cannot_be_read_is_acknowledged_and_kept_as_a_dead_letter(string payload)
    {
        var device = shared.TakeDevice();
        using var management = await ManagementClient.LogInAsync(shared.Cloud.Http, SharedCloud.Admin);

        await new Mosquitto(shared.Cloud).PublishAsync(device, payload);

        var letters = (await management.GetAsync($"dead-letters?device={device.Uuid}"))!["items"]!.AsArray();
        var letter = await management.GetAsync($"dead-letters/{(string)Assert.Single(letters)!["id"]!}");
        Assert.Equal(payload, System.Text.Encoding.UTF8.GetString(Convert.FromBase64String((string)letter!["body"]!)));
        Assert.NotEmpty((string)letter["reason"]!);
        Assert.Equal("[]", await shared.Reader.DataAsync(device.Uuid, "auto~a"));
    }
}
