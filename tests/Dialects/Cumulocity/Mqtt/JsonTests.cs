using Serverless.Dialects.Cumulocity.Answers;

namespace Serverless.Dialects.Tests.Cumulocity.Mqtt;

/// <summary>JSON via MQTT.</summary>
public sealed class JsonTests
{
    [Theory]
    [InlineData(
        "event/events/create",
        """{"type":"TestEvent","text":"sensor was triggered","time":"2014-03-03T12:03:27.845Z"}""",
        """POST /event/events {"type":"TestEvent","text":"sensor was triggered","time":"2014-03-03T12:03:27.845Z","source":{"id":"ID"}}"""
    )]
    [InlineData(
        "event/events/createBulk",
        """{"events":[{"a":1},{"a":2}]}""",
        """POST /event/events {"a":1,"source":{"id":"ID"}}|POST /event/events {"a":2,"source":{"id":"ID"}}"""
    )]
    [InlineData("/event/events/update/66", """{"text":"new text"}""", """PUT /event/events/66 {"text":"new text"}""")]
    [InlineData("event/events/delete/66", "", "DELETE /event/events/66")]
    [InlineData("alarm/alarms/create", """{"source":{"id":"1"},"a":1}""", """POST /alarm/alarms {"source":{"id":"ID"},"a":1}""")]
    [InlineData("alarm/alarms/createBulk", """{"alarms":[]}""", "")]
    [InlineData("alarm/alarms/update/77", """{"status":"CLEARED"}""", """PUT /alarm/alarms/77 {"status":"CLEARED"}""")]
    [InlineData(
        "measurement/measurements/create",
        """{"T":{"v":{"value":20}}}""",
        """POST /measurement/measurements {"T":{"v":{"value":20}},"source":{"id":"ID"}}"""
    )]
    [InlineData("t/measurement/measurements/create", "{}", """POST /measurement/measurements Transient {"source":{"id":"ID"}}""")]
    [InlineData(
        "measurement/measurements/createBulk",
        """{"measurements":[{"a":1},{"a":2,"externalSource":{"externalId":"c1","type":"c8y_Serial"}}]}""",
        """POST /measurement/measurements measurementcollection {"measurements":[{"a":1,"source":{"id":"ID"}},{"a":2,"source":{"id":"CHILD"}}]}"""
    )]
    [InlineData("measurement/measurements/delete/5", "", "DELETE /measurement/measurements/5")]
    [InlineData("inventory/managedObjects/update/SN-1", """{"a":{"b":null}}""", """PUT /inventory/managedObjects/ID {"a":{"b":null}}""")]
    [InlineData("inventory/managedObjects/update", """{"a":1}""", """PUT /inventory/managedObjects/ID {"a":1}""")]
    [InlineData("inventory/managedObjects/update/c1", """{"a":1}""", """PUT /inventory/managedObjects/CHILD {"a":1}""")]
    [InlineData("inventory/managedObjects/create", """{"name":"n"}""", """POST /inventory/managedObjects {"name":"n"}""")]
    [InlineData(
        "inventory/managedObjects/create/e1",
        """{"name":"n"}""",
        """POST /inventory/managedObjects {"name":"n","externalIds":[{"type":"c8y_Serial","externalId":"e1"}]}"""
    )]
    [InlineData(
        "inventory/managedObjects/SN-1/childDevices/create",
        """{"name":"n"}""",
        """POST /inventory/managedObjects/ID/childDevices managedobject {"name":"n"}"""
    )]
    public async Task A_message_is_a_request(string topic, string payload, string requests)
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync(subscriptions: "error");
        await client.PublishAsync("s/us", "101,c1");
        await client.PublishAsync(topic, payload);
        var (id, child) = ((await server.TwinAsync("SN-1")).Id, (await server.TwinAsync("c1")).Id);
        Assert.Empty(client.Received);
        var made = string.Join('|', server.Api.Changes);
        Assert.Equal(requests, made.Replace(id, "ID", StringComparison.Ordinal).Replace(child, "CHILD", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("event/events/create", "{", "\"undefined/Invalid Data\",\"message\":\"The message is no well-formed JSON: ")]
    [InlineData("event/events/create", "[]", "\"undefined/Invalid Data\",\"message\":\"The message is to be a JSON object.\"")]
    [InlineData("event/events/create", "", "\"undefined/Invalid Data\"")]
    [InlineData("event/events/create", "{\"a\":1,\"a\":2}", "\"undefined/Invalid Data\"")]
    [InlineData("event/events/create", "{\"a\":\"\\ud800\"}", "\"undefined/Invalid Data\"")]
    [InlineData(
        "event/events/createBulk",
        "{}",
        "\"undefined/validationError\",\"message\":\"Following mandatory fields should be included: events\""
    )]
    [InlineData("event/events/createBulk", "{\"events\":[1]}", "\"undefined/validationError\"")]
    [InlineData("event/events/update", "{}", "\"undefined/Invalid Data\",\"message\":\"The topic's last level is to be an id.\"")]
    [InlineData(
        "event/events/replace",
        "{}",
        "\"mqtt/Invalid Data\",\"message\":\"The topic event/events/replace is none of those that are supported.\""
    )]
    [InlineData("alarm/alarms/delete/1", "{}", "\"mqtt/Invalid Data\"")]
    [InlineData("inventory/binaries/create", "{}", "\"mqtt/Invalid Data\"")]
    [InlineData("event/events/create", "{\"externalSource\":7}", "\"undefined/validationError\"")]
    [InlineData("event/events/create", "{\"externalSource\":{\"externalId\":\"x\",\"type\":\"other\"}}", "\"identity/Not Found\"")]
    [InlineData(
        "inventory/managedObjects/update/none",
        "{}",
        "\"identity/Not Found\",\"message\":\"External id not found; external id = ID [type=c8y_Serial, value=none]\""
    )]
    public async Task What_cannot_be_taken_is_told_on_the_topic_of_errors(string topic, string payload, string error)
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync(subscriptions: ["error", "s/e"]);
        await client.PublishAsync(topic, payload, 3);
        var told = Assert.Single(client.Received);
        Assert.StartsWith($"error {{\"error\":{error}", told);
        Assert.EndsWith(",\"messageId\":3}", told);
        Assert.Empty(server.Api.Changes);
    }

    [Fact]
    public async Task The_APIs_own_error_is_told_as_it_is()
    {
        await using var server = await MqttServer.StartAsync();
        server.Api.Refuse("POST /alarm/alarms", CumulocityErrors.MissingFields(["severity", "text", "time"]));
        var client = await server.ConnectAsync(subscriptions: "error");
        await client.PublishAsync("alarm/alarms/create", "{}", 3);
        Assert.Equal(
            [
                """error {"error":"undefined/validationError","message":"Following mandatory fields should be included: severity,text,time","messageId":3}""",
            ],
            client.Received
        );
    }
}
