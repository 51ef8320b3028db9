using System.Text;
using Serverless.App.Triggers.Telemetry;
using Serverless.Domain.Telemetry;

namespace Serverless.App.Tests.Triggers.Telemetry;

public sealed class EventHubsBatchTests
{
    private static readonly DateTimeOffset Now = new(2026, 8, 1, 13, 0, 0, TimeSpan.Zero);

    // As the host writes it: cardinality many, dataType binary.
    private const string Sample = """
        {"Data":{"events":"[\"H4sIAP8=\",\"eyJhIjoxfQ==\"]"},
         "Metadata":{
          "PartitionContext":{"IsCheckpointingAfterInvocation":true,"FullyQualifiedNamespace":"ns.servicebus.windows.net","EventHubName":"telemetry","ConsumerGroup":"$Default","PartitionId":"3"},
          "PartitionKeyArray":"[\"host-1\",null]",
          "OffsetArray":"[\"4294967296\",\"4294967480\"]",
          "SequenceNumberArray":"[100,101]",
          "EnqueuedTimeUtcArray":"[\"2026-08-01T12:34:56.7891234\",\"2026-08-01T12:34:57.7891234\"]",
          "PropertiesArray":"[{\"src\":\"agent\",\"n\":5},{}]",
          "SystemPropertiesArray":"[{\"x-opt-sequence-number-epoch\":-1,\"SequenceNumber\":100,\"Offset\":\"4294967296\",\"PartitionKey\":\"host-1\",\"EnqueuedTimeUtc\":\"2026-08-01T12:34:56.7891234\"},{\"SequenceNumber\":101,\"Offset\":\"4294967480\",\"PartitionKey\":null,\"EnqueuedTimeUtc\":\"2026-08-01T12:34:57.7891234\"}]",
          "sys":{"MethodName":"telemetry-ingest","UtcNow":"2026-08-01T12:34:57.001Z","RandGuid":"24ad4c06-24ad-4e5b-8294-3da9714877e9"}}}
        """;

    [Fact]
    public void The_hosts_own_form_is_read()
    {
        var batch = Read(Sample);

        Assert.All(batch, item => Assert.Null(item.Unreadable));
        var (first, second) = (batch[0].Message, batch[1].Message);
        Assert.Equal([0x1F, 0x8B, 0x08, 0x00, 0xFF], first.Body.ToArray());
        Assert.Equal("""{"a":1}"""u8, second.Body.Span);
        Assert.Equal(("host-1", ""), (first.HubId, second.HubId));
        Assert.Equal("2026-08-01T12:34:56.7891000Z", first.EnqueuedTime.UtcDateTime.ToString("O"));
        Assert.Equal("2026-08-01T12:34:57.7891010Z", second.EnqueuedTime.UtcDateTime.ToString("O"));
        Assert.Equal(MessageSource.Telemetry, first.Source);
        Assert.Equal(("agent", "5"), (first.Properties["src"], first.Properties["n"]));
        Assert.Empty(second.Properties);
        Assert.Equal("4294967296", first.System["Offset"]);
        Assert.DoesNotContain("PartitionKey", second.System.Keys);
    }

    [Fact]
    public void The_same_batch_again_is_the_same_messages() =>
        Assert.Equal(
            Read(Sample).Select(item => (item.Message.HubId, item.Message.EnqueuedTime)),
            EventHubsBatch
                .Read(Encoding.UTF8.GetBytes(Sample), Now.AddDays(1))
                .Select(item => (item.Message.HubId, item.Message.EnqueuedTime))
        );

    [Theory]
    [InlineData("\"iothub-enqueuedtime\":\"2026-08-01T12:00:00.5Z\"", "2026-08-01T12:00:00.5000070Z")]
    [InlineData("\"iothub-enqueuedtime\":\"2026-08-01T12:00:00.500\"", "2026-08-01T12:00:00.5000070Z")]
    [InlineData("\"iothub-enqueuedtime\":\"soon\"", "2026-08-01T12:34:56.7890070Z")]
    [InlineData("\"iothub-enqueuedtime\":null", "2026-08-01T12:34:56.7890070Z")]
    [InlineData("\"other\":1", "2026-08-01T12:34:56.7890070Z")]
    public void The_hubs_own_time_counts_before_that_of_the_event_hub(string property, string expected) =>
        Assert.Equal(expected, One("[{" + property + "}]", "[\"2026-08-01T12:34:56.789\"]", "[7]").EnqueuedTime.UtcDateTime.ToString("O"));

    [Fact]
    public void Messages_of_one_millisecond_have_times_of_their_own_within_it()
    {
        var events = string.Join(',', Enumerable.Repeat("\\\"eA==\\\"", 500));
        var times = string.Join(',', Enumerable.Repeat("\\\"2026-08-01T12:34:56.789\\\"", 500));
        var sequences = string.Join(",", Enumerable.Range(1_000_750, 500));

        var batch = Read(
            $$$"""{"Data":{"events":"[{{{events}}}]"},"Metadata":{"EnqueuedTimeUtcArray":"[{{{times}}}]","SequenceNumberArray":"[{{{sequences}}}]"}}"""
        );

        Assert.Equal(500, batch.Select(item => item.Message.EnqueuedTime).Distinct().Count());
        Assert.All(batch, item => Assert.Equal("56.789", item.Message.EnqueuedTime.ToString("ss.fff")));
    }

    [Theory]
    [InlineData("Telemetry", MessageSource.Telemetry)]
    [InlineData("", MessageSource.Telemetry)]
    [InlineData("twinChangeEvents", MessageSource.TwinChange)]
    [InlineData("deviceLifecycleEvents", MessageSource.DeviceLifecycle)]
    [InlineData("deviceConnectionStateEvents", MessageSource.ConnectionState)]
    [InlineData("digitalTwinChangeEvents", MessageSource.Unknown)]
    public void The_source_is_told_by_the_hub(string source, MessageSource expected) =>
        Assert.Equal(expected, One($$"""[{"iothub-message-source":"{{source}}"}]""").Source);

    [Fact]
    public void The_device_is_the_one_that_the_hub_authenticated_and_not_what_the_partition_key_says() =>
        Assert.Equal("real", One("""[{"iothub-connection-device-id":"real","PartitionKey":"other"}]""").HubId);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"SystemPropertiesArray":"[]","PropertiesArray":"null","EnqueuedTimeUtcArray":"x","SequenceNumberArray":5}""")]
    [InlineData(
        """{"SystemPropertiesArray":"[null,5]","PropertiesArray":"[[1],\"x\"]","EnqueuedTimeUtcArray":"[1,2]","SequenceNumberArray":"[\"1\",1.5]"}"""
    )]
    public void Metadata_that_are_missing_short_or_odd_lose_no_body(string metadata)
    {
        var batch = Read($$"""{"Data":{"events":"[\"eA==\",\"eQ==\"]"},"Metadata":{{metadata}}}""");

        Assert.Equal(["x", "y"], batch.Select(item => Encoding.UTF8.GetString(item.Message.Body.Span)));
        Assert.All(batch, item => Assert.Equal(("", Now), (item.Message.HubId, item.Message.EnqueuedTime)));
    }

    [Fact]
    public void A_body_that_is_no_base64_is_unreadable_alone()
    {
        var batch = Read("""{"Data":{"events":"[\"eA==\",\"%\",null]"},"Metadata":{}}""");

        Assert.Equal([null, "The event's body is no base64.", "The event's body is no base64."], batch.Select(item => item.Unreadable));
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"Data":{}}""")]
    [InlineData("""{"Data":{"events":{"a":1}}}""")]
    [InlineData("""{"Data":{"events":"[\"eA==\""}}""")]
    [InlineData("""{"Data":{"events":"\ud800"}}""")]
    public void An_invocation_that_cannot_be_read_is_kept_whole(string body)
    {
        var (message, unreadable) = Assert.Single(Read(body));

        Assert.StartsWith("The invocation cannot be read: ", unreadable);
        Assert.Equal(body, Encoding.UTF8.GetString(message.Body.Span));
    }

    [Fact]
    public void Of_a_huge_one_a_part_is_kept_that_fits_a_document() =>
        Assert.Equal(1_000_000, Assert.Single(Read(new string('x', 5_000_000))).Message.Body.Length);

    private static DeviceMessage One(string system, string times = "[]", string sequences = "[]") =>
        Assert
            .Single(
                Read(
                    $$$"""
                    {"Data":{"events":"[\"eA==\"]"},
                     "Metadata":{"SystemPropertiesArray":{{{system}}},"EnqueuedTimeUtcArray":{{{times}}},"SequenceNumberArray":{{{sequences}}}}}
                    """
                )
            )
            .Message;

    private static IReadOnlyList<(DeviceMessage Message, string? Unreadable)> Read(string body) =>
        EventHubsBatch.Read(Encoding.UTF8.GetBytes(body), Now);
}
