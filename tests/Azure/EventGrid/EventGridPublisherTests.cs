using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Core.Pipeline;
using Serverless.Azure.EventGrid;
using Serverless.Azure.Tests.Support;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;
using static Serverless.Contracts.Events.EventPublisherContract;

namespace Serverless.Azure.Tests.EventGrid;

/// <summary>What the topic is sent, and what its answers mean.</summary>
public sealed class EventGridPublisherTests : IDisposable
{
    private readonly FakeService topic = new();

    public void Dispose() => topic.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_go_as_a_batch_of_cloud_events_with_the_identitys_token()
    {
        var odd = Event("odd/id ü", data: new JsonObject { ["name"] = "Pümpe 😀" });

        await Publisher().PublishAsync([odd, Event("2"), Event("2"), Event("2", "/tenants/other")], Cancellation);

        var (request, body) = Assert.Single(topic.Requests);
        Assert.Equal("https://t.westeurope-1.eventgrid.azure.net/api/events?api-version=2018-01-01", $"{request.RequestUri}");
        Assert.Equal("application/cloudevents-batch+json; charset=utf-8", $"{request.Content!.Headers.ContentType}");
        Assert.Equal($"Bearer {FixedCredential.Token}", $"{request.Headers.Authorization}");
        using var json = JsonDocument.Parse(body);
        var events = json.RootElement.EnumerateArray().Select(CloudEventJson.Read).ToList();
        Assert.Equal(["odd/id ü", "2", "2"], events.Select(sent => sent.Id));
        Assert.Equal(CloudEventJson.Write(odd).ToJsonString(), CloudEventJson.Write(events[0]).ToJsonString());
    }

    [Fact]
    public async Task A_large_batch_is_sent_in_parts_of_at_most_a_megabyte()
    {
        var events = Enumerable.Range(0, 50).Select(number => Event($"{number}", data: new JsonObject { ["x"] = new string('x', 60_000) }));

        await Publisher().PublishAsync([.. events], Cancellation);

        Assert.True(topic.Requests.Count > 1);
        Assert.All(topic.Requests, sent => Assert.InRange(sent.Body.Length, 1, 1_000_002));
        Assert.Equal(50, topic.Requests.Sum(sent => JsonNode.Parse(sent.Body)!.AsArray().Count));
    }

    [Fact]
    public async Task Nothing_is_sent_where_there_is_nothing_or_the_caller_has_gone()
    {
        await Publisher().PublishAsync([], Cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Publisher().PublishAsync([Event("1")], new CancellationToken(true)));

        Assert.Empty(topic.Requests);
    }

    [Fact]
    public async Task A_busy_topic_is_asked_again()
    {
        topic.Plan(429, 503, 500);

        await Publisher().PublishAsync([Event("1")], Cancellation);

        Assert.Equal(4, topic.Requests.Count);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(413)]
    [InlineData(503)]
    public async Task What_the_topic_does_not_take_is_not_published(int status)
    {
        topic.Status = status;

        var away = await Assert.ThrowsAsync<StoreUnavailableException>(() => Publisher().PublishAsync([Event("1")], Cancellation));

        Assert.Contains($"answers {status}", away.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(FixedCredential.Token, $"{away}", StringComparison.Ordinal);
    }

    private EventGridPublisher Publisher()
    {
        var options = new EventGridPublisherOptions { Transport = new HttpClientTransport(topic) };
        (options.Retry.Delay, options.Retry.MaxDelay, options.Retry.MaxRetries) = (TimeSpan.Zero, TimeSpan.Zero, 3);
        return new EventGridPublisher(
            new Uri("https://t.westeurope-1.eventgrid.azure.net/api/events"),
            new FixedCredential("https://eventgrid.azure.net/.default"),
            options
        );
    }
}
