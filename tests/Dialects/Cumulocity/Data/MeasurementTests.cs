using System.Text.Json.Nodes;
using Serverless.Domain.Telemetry;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Data;

public sealed class MeasurementTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_measurement_is_given_back_as_it_was_sent_by_post_list_and_id()
    {
        await using var server = await DataServer.StartAsync();
        var body = """
            {"id":"x","self":"y","source":{"id":"DEV"},"type":"c8y_T","time":"2020-03-19T13:03:27.845%2B01:00",
             "c8y_Steam":{"T":{"unit":"C","value":100,"quality":1},"P":{"value":1.50},"Big":{"value":9007199254740993}},"note":{"a":[1,2.50,null]},"n":null,"s":"text"}
            """.Replace("%2B", "+").Replace("DEV", server.Device.Id);
        const string Expected =
            """c8y_T {"c8y_Steam":{"T":{"unit":"C","value":100,"quality":1},"P":{"value":1.50},"Big":{"value":9007199254740993}},"note":{"a":[1,2.50,null]},"n":null,"s":"text"}""";

        var answer = await server.SendAsync("POST", "/measurement/measurements", body);
        var made = answer.Json;
        var id = (string)made["id"]!;

        Assert.Equal((201, $"{server.Url}measurement/measurements/{id}"), (answer.Status, answer.Location));
        Assert.Equal(answer.Location, (string)made["self"]!);
        Assert.Equal("2020-03-19T12:03:27.845Z", (string)made["time"]!);
        Assert.Equal($"{server.Url}inventory/managedObjects/{server.Device.Id}", (string)made["source"]!["self"]!);
        Assert.Equal(Expected, DataServer.Short(made));
        Assert.Equal([Expected], await server.ListAsync($"source={server.Device.Id}"));
        Assert.Equal(made.ToJsonString(), (await server.GetAsync($"/measurement/measurements/{id}")).Json.ToJsonString());
    }

    [Fact]
    public async Task What_is_no_series_is_dropped_beside_series_and_kept_alone_and_a_unit_of_nothing_is_none()
    {
        await using var server = await DataServer.StartAsync();
        var body = """
            {"source":{"id":"DEV"},"type":"t","time":"2020-03-19",
             "mixed":{"D":{"value":3.141592653589793,"unit":"RAD"},"I":{"value":42,"unit":""},"N":{"value":1,"unit":null},"b":{"value":false},"l":{"value":[1]},"n":42,"v":{"val":1}},
             "plain":{"b":{"value":false,"unit":"t/f"},"l":{"value":[1,2,3]}}}
            """.Replace("DEV", server.Device.Id);

        var made = await server.PostAsync("/measurement/measurements", body);

        Assert.Equal(
            """t {"mixed":{"D":{"value":3.141592653589793,"unit":"RAD"},"I":{"value":42},"N":{"value":1}},"plain":{"b":{"value":false,"unit":"t/f"},"l":{"value":[1,2,3]}}}""",
            DataServer.Short(made)
        );
        Assert.Equal("", await server.Cloud.PointsAsync(server.Device, "plain", "l"));
        Assert.Equal(["D", "I", "N"], (await server.Cloud.TwinAsync(server.Device)).Channels.Select(channel => channel.Field));
    }

    [Fact]
    public async Task A_collection_is_taken_whole_or_not_at_all()
    {
        await using var server = await DataServer.StartAsync();
        var good = DataServer.Body("2020-01-01", "1", "a", "b", null, "t", server.Device);
        var group = DataServer.Body("2020-01-02", "2", "a", "b", null, "t", server.Group);
        var bad = good.Replace("2020-01-01", "nonsense");
        var type = ("Content-Type", "application/vnd.com.nsn.cumulocity.MeasurementCollection+json;ver=0.9");

        var refused = await server.SendAsync("POST", "/measurement/measurements", $$"""{"measurements":[{{good}},{{bad}}]}""", type);
        var before = await server.ListAsync("dateFrom=2000-01-01");
        var taken = await server.SendAsync("POST", "/measurement/measurements", $$"""{"measurements":[{{good}},{{group}}]}""");

        Assert.Equal(422, refused.Status);
        Assert.StartsWith("measurements[1]: time is a time", refused.Message);
        Assert.Empty(before);
        Assert.Equal((201, 2), (taken.Status, taken.Json["measurements"]!.AsArray().Count));
        Assert.Equal(["""t {"a":{"b":{"value":1}}}""", """t {"a":{"b":{"value":2}}}"""], await server.ListAsync("dateFrom=2000-01-01"));
        Assert.Equal(["""t {"a":{"b":{"value":2}}}"""], await server.ListAsync($"source={server.Group.Id}"));
    }

    [Fact]
    public async Task Measurements_of_one_time_and_another_shape_are_two_and_the_same_again_is_one()
    {
        await using var server = await DataServer.StartAsync();
        await server.MeasureAsync("2020-01-01", "1", type: "a");
        await server.MeasureAsync("2020-01-01", "1", type: "b");
        await server.MeasureAsync("2020-01-01", "2", fragment: "c8y_Water", type: "a");
        await server.MeasureAsync("2020-01-01", "1", type: "a");

        Assert.Equal(
            ["a c8y_Steam", "a c8y_Water", "b c8y_Steam"],
            (await server.ListAsync("dateFrom=2000-01-01")).Select(text => text.Split('"')[0].Replace("{", "") + text.Split('"')[1]).Order()
        );
    }

    [Fact]
    public async Task Readings_of_other_doors_are_measurements_of_their_time()
    {
        await using var server = await DataServer.StartAsync();
        await server.IngestAsync("""{"timestamp":1577836800000,"temp":{"value":21.5,"unit":"C"},"on":true,"a":{"b":2,"c":"x"}}""");
        await server.IngestAsync("""{"timestamp":1577836801000,"temp":22}""");
        await server.MeasureAsync("2020-01-01T00:00:01Z", "7");

        var listed = await server.GetAsync($"/measurement/measurements?source={server.Device.Id}");

        Assert.Equal(
            [
                """serverless_Measurement {"a":{"b":{"value":2},"c":"x"},"on":{"value":true},"temp":{"value":{"value":21.5,"unit":"C"}}}""",
                """temp {"temp":{"value":{"value":22,"unit":"C"}}}""",
                """c8y_Steam {"c8y_Steam":{"T":{"value":7,"unit":"C"}}}""",
            ],
            listed.Json["measurements"]!.AsArray().Select(one => Sorted(one!))
        );
        foreach (var one in listed.Json["measurements"]!.AsArray())
        {
            Assert.True(JsonNode.DeepEquals(one, (await server.GetAsync($"/measurement/measurements/{one!["id"]}")).Json));
        }
    }

    [Fact]
    public async Task A_device_sends_measurements_by_its_hub_too()
    {
        await using var server = await DataServer.StartAsync();
        var dialect = ("dialect", "cumulocity");
        await server.IngestAsync("""{"type":"t","time":"2020-01-01","a":{"b":{"value":1,"unit":"V"}}}""", "dev", dialect);
        await server.IngestAsync(
            """{"measurements":[{"type":"t","a":{"b":{"value":2}}},{"type":"u","a":{"b":{"value":2}}}]}""",
            "dev",
            dialect
        );
        await server.IngestAsync("""{"type":7}""", "dev", dialect);
        await server.IngestAsync("""[1]""", "dev", dialect);

        Assert.Equal(
            ["""t {"a":{"b":{"value":1,"unit":"V"}}}""", """t {"a":{"b":{"value":2}}}""", """u {"a":{"b":{"value":2}}}"""],
            (await server.ListAsync("dateFrom=2000-01-01")).Order()
        );
        Assert.Equal(
            ["A measurement is a JSON object.", "type is a string that is not empty."],
            (await server.Cloud.One.DeadLetters.ListAsync(TestCloud.Tenant, null, 10, null, Cancellation))
                .Items.Select(letter => letter.Value.Reason)
                .Order()
        );
    }

    [Theory]
    [InlineData("PERSISTENT", 1, 1)]
    [InlineData("quiescent", 1, 0)]
    [InlineData("TRANSIENT", 0, 1)]
    [InlineData("CEP", 0, 0)]
    public async Task The_processing_mode_says_what_becomes_of_it(string mode, int stored, int told)
    {
        await using var server = await DataServer.StartAsync();
        await server.Cloud.One.Listeners.ListenAsync(TestCloud.Tenant, "m", TelemetryPipeline.ChangeKind, null, Cancellation);
        var header = ("X-Cumulocity-Processing-Mode", mode);
        var body = DataServer.Body("2020-01-01", "1", "a", "b", null, "t", server.Device);

        var made = await server.PostAsync("/measurement/measurements", body, header);

        Assert.Equal(stored, (await server.ListAsync("dateFrom=2000-01-01")).Length);
        var changes = (await server.Cloud.One.Changes.ReadAsync(TestCloud.Tenant, 0, 100, Cancellation))
            .Where(change => change.Kind == TelemetryPipeline.ChangeKind)
            .ToList();
        Assert.Equal(told, changes.Count);
        if (told == 1)
        {
            var shown = Serverless.Dialects.Cumulocity.Measurements.MeasurementJson.Read(changes[0].Body);
            Assert.Equal(((string)made["id"]!, "t"), (shown.Id, shown.Type));
        }
    }

    [Theory]
    [InlineData(0, "1970-01-01T00:00:00.000Z")]
    [InlineData(-1, "1969-12-31T23:59:59.999999999Z")]
    [InlineData(1_500_000, "1970-01-01T00:00:00.0015Z")]
    [InlineData(long.MinValue, "1677-09-21T00:12:43.145224192Z")]
    [InlineData(long.MaxValue, "2262-04-11T23:47:16.854775807Z")]
    public void Times_have_milliseconds_and_what_digits_they_have_more(long nanoseconds, string text) =>
        Assert.Equal(text, Serverless.Dialects.Cumulocity.Answers.Times.Of(nanoseconds));

    [Theory]
    [InlineData("1-2-3")]
    [InlineData("-0-0")]
    [InlineData("12345678901234567-0-0")]
    [InlineData("1-zz-0")]
    [InlineData("1-0-G")]
    [InlineData("1-0-")]
    [InlineData("1-7fffffffffffffff-0")]
    [InlineData("%2e%2e")]
    public async Task An_id_that_is_none_is_not_found(string id)
    {
        await using var server = await DataServer.StartAsync();

        Assert.Equal(404, (await server.GetAsync($"/measurement/measurements/{id}")).Status);
    }

    [Fact]
    public async Task Without_an_Accept_header_nothing_is_sent_back()
    {
        await using var server = await DataServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/measurement/measurements")
        {
            Content = new StringContent(
                DataServer.Body("2020-01-01", "1", "a", "b", null, "t", server.Device),
                System.Text.Encoding.UTF8,
                "application/vnd.com.nsn.cumulocity.measurement+json"
            ),
        };

        var answer = await server.SendAsync(request, ("Accept", ""));

        Assert.Equal((201, ""), (answer.Status, answer.Text));
        Assert.NotNull(answer.Location);
    }

    private static string Sorted(JsonNode one)
    {
        var text = DataServer.Short(one);
        var space = text.IndexOf(' ');
        var members = JsonNode.Parse(text[space..])!.AsObject().OrderBy(member => member.Key, StringComparer.Ordinal);
        return text[..space]
            + " "
            + new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))).ToJsonString();
    }
}
