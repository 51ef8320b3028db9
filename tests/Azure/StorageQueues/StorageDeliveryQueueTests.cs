using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Azure.Core.Pipeline;
using Serverless.Acceptance.Tests.Support;
using Serverless.Azure.StorageQueues;
using Serverless.Azure.Tests.Support;
using Serverless.Contracts;
using Serverless.Domain.Documents;
using Serverless.Domain.Webhooks;

namespace Serverless.Azure.Tests.StorageQueues;

/// <summary>Nudges as messages of a Storage queue: what is sent, and that Azurite gives it back when it is due.</summary>
public sealed class StorageDeliveryQueueTests : IDisposable
{
    private static readonly DeliveryRef Delivery = new("t1", "hook<&>\"'", "0123456789abcdef");

    private readonly FakeService service = new() { Status = 201 };
    private readonly ManualTime time = new();

    public void Dispose() => service.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(-5, 0)]
    [InlineData(0.2, 1)]
    [InlineData(300, 300)]
    [InlineData(1_000_000, 518_400)]
    public async Task A_message_is_hidden_until_its_delivery_is_due(double dueIn, int hidden)
    {
        await Queue().EnqueueAsync(Delivery, time.GetUtcNow().AddSeconds(dueIn), Cancellation);

        var (request, body) = Assert.Single(service.Requests);
        Assert.Equal(
            $"https://a.queue.core.windows.net/deliveries/messages?visibilitytimeout={hidden}&messagettl=-1",
            $"{request.RequestUri}"
        );
        Assert.Equal($"Bearer {FixedCredential.Token}", $"{request.Headers.Authorization}");
        Assert.Equal(Delivery, Read(XDocument.Parse(body).Descendants("MessageText").Single().Value));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(503)]
    public async Task What_the_service_does_not_take_is_not_queued(int status)
    {
        service.Status = status;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => Queue().EnqueueAsync(Delivery, time.GetUtcNow(), Cancellation));
    }

    [Fact]
    public async Task Azurite_gives_a_message_back_when_it_is_due_and_not_before()
    {
        var address = await StandIns.QueuesAsync();
        var signature = Signature();
        using var http = new HttpClient();
        using var made = await http.PutAsync($"{address}/nudges?{signature}", null, Cancellation);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var queue = StorageDeliveryQueue.WithSignature(address, "nudges", signature, TimeProvider.System);
        var later = Delivery with { Id = "later" };

        await queue.EnqueueAsync(later, DateTimeOffset.UtcNow.AddSeconds(2), Cancellation);
        await queue.EnqueueAsync(Delivery, DateTimeOffset.UtcNow, Cancellation);

        Assert.Equal(Delivery, await NextAsync(http, address, signature));
        Assert.Equal(later, await NextAsync(http, address, signature));
    }

    private StorageDeliveryQueue Queue()
    {
        var options = new StorageQueueOptions { Transport = new HttpClientTransport(service) };
        (options.Retry.Delay, options.Retry.MaxDelay, options.Retry.MaxRetries) = (TimeSpan.Zero, TimeSpan.Zero, 2);
        return new StorageDeliveryQueue(
            new Uri("https://a.queue.core.windows.net/"),
            "deliveries",
            new FixedCredential("https://storage.azure.com/.default"),
            options,
            time
        );
    }

    private static Task<DeliveryRef> NextAsync(HttpClient http, Uri address, string signature) =>
        Poll.UntilAsync(
            "a message is there",
            async () =>
            {
                var answer = await http.GetStringAsync($"{address}/nudges/messages?visibilitytimeout=60&{signature}", Cancellation);
                var text = XDocument.Parse(answer.TrimStart('\uFEFF')).Descendants("MessageText").SingleOrDefault()?.Value;
                return text is null ? null : Read(text);
            }
        );

    private static DeliveryRef? Read(string text)
    {
        using var json = JsonDocument.Parse(text);
        return DeliveryMessage.Read(json.RootElement);
    }

    /// <summary>A shared access signature of the account: https://learn.microsoft.com/rest/api/storageservices/create-account-sas.</summary>
    private static string Signature()
    {
        const string version = "2018-11-09";
        var ends = DateTimeOffset.UtcNow.AddHours(1).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var signed = $"{StandIns.Account}\nrwaup\nq\nsco\n\n{ends}\n\n\n{version}\n";
        var key = Convert.FromBase64String(StandIns.Key);
        var signature = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(signed)));
        return $"sv={version}&ss=q&srt=sco&sp=rwaup&se={Uri.EscapeDataString(ends)}&sig={Uri.EscapeDataString(signature)}";
    }
}
