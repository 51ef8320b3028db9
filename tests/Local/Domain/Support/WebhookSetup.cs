using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Serverless.Contracts;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;
using Serverless.Domain.Limits;
using Serverless.Domain.Webhooks;
using Serverless.Domain.Webhooks.Network;

namespace Serverless.Tests.Support;

/// <summary>Webhooks on the local store under a clock that stands still; what endpoints answer is up to the test.</summary>
internal sealed class WebhookSetup : IAsyncDisposable
{
    private readonly EndpointHandler handler = new();
    private readonly IReadOnlyList<IWebhookForm> forms;
    private int delivered;

    /// <param name="cloud">The cloud; whoever disposes of the setup disposes of it.</param>
    /// <param name="options">The options.</param>
    /// <param name="more">Forms beside that of CloudEvents.</param>
    public WebhookSetup(TestCloud cloud, WebhookOptions options, params IReadOnlyList<IWebhookForm> more)
    {
        (Cloud, Options, forms) = (cloud, options, [new CloudEventsForm(), .. more]);
        Client = new WebhookClient(options, cloud.Time, handler);
        var handshake = new EndpointHandshake(Client, cloud.Time);
        Webhooks = new WebhookDirectory(cloud.Store, handshake, forms, options, cloud.One.Outbox, cloud.One.Audit, cloud.Time);
        OfRules = new RuleWebhooks(Webhooks, forms, options, cloud.Time);
        Deliveries = new DeliveryDirectory(cloud.Store, options, cloud.Time);
        FanOut = new WebhookFanOut(Webhooks, Deliveries, cloud.One.Devices, Queue, forms);
        Sender = NewSender();
    }

    public TestCloud Cloud { get; }

    public ManualTime Time => Cloud.Time;

    public WebhookOptions Options { get; }

    public WebhookClient Client { get; }

    public WebhookDirectory Webhooks { get; }

    public RuleWebhooks OfRules { get; }

    public DeliveryDirectory Deliveries { get; }

    public WebhookFanOut FanOut { get; }

    public DeliverySender Sender { get; }

    public RecordingQueue Queue { get; } = new();

    /// <summary>The requests that endpoints have got, without handshakes.</summary>
    public IReadOnlyList<Sent> Requests => [.. handler.Requests];

    /// <summary>What endpoints answer to a POST: a status, and what else the test wants.</summary>
    public Func<Sent, CancellationToken, Task<HttpResponseMessage>> Answer
    {
        set => handler.Answer = value;
    }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<WebhookSetup> OpenAsync(WebhookOptions? options = null) =>
        new(await TestCloud.OpenAsync(), options ?? new WebhookOptions { Jitter = 0 });

    /// <summary>Endpoints answer with these statuses, one after the other, and go on with the last.</summary>
    public void Plan(params HttpStatusCode[] statuses)
    {
        var next = -1;
        Answer = (_, _) =>
            Task.FromResult(new HttpResponseMessage(statuses[Math.Min(Interlocked.Increment(ref next), statuses.Length - 1)]));
    }

    /// <summary>A sender as one more instance has it.</summary>
    public DeliverySender NewSender() =>
        new(Webhooks, Deliveries, Client, new EndpointGates(Options, Time), new RateWindows(Cloud.Store, Time), forms, Options, Time);

    public async Task<Webhook> AddAsync(NewWebhook? webhook = null, ConsentUrl? consentUrl = null) =>
        (
            await Webhooks.CreateAsync(
                TestCloud.Tenant,
                webhook ?? new NewWebhook { Url = "https://example.com/" },
                consentUrl,
                Cancellation
            )
        ).Value;

    public static CloudEvent Event(string id, string type = "serverless.device.created", string subject = "devices/1") =>
        new(id, $"/tenants/{TestCloud.Tenant}", type, subject, new ManualTime().GetUtcNow(), new JsonObject { ["n"] = 1 });

    /// <summary>Fans out those of the published events that were not before, and makes an attempt of each delivery.</summary>
    /// <returns>All requests that endpoints have got.</returns>
    public async Task<IReadOnlyList<Sent>> DeliverAsync(IReadOnlyList<CloudEvent> published)
    {
        foreach (var one in published.Skip(delivered))
        {
            var before = Queue.Queued.Count;
            await FanOut.HandleAsync(one, Cancellation);
            foreach (var (delivery, _) in Queue.Queued.Skip(before))
            {
                await Sender.SendAsync(delivery, Cancellation);
            }
        }

        delivered = published.Count;
        return Requests;
    }

    /// <summary>Fans an event out.</summary>
    /// <returns>The delivery to the webhook.</returns>
    public async Task<DeliveryRef> FanOutAsync(Webhook webhook, string id = "1")
    {
        await FanOut.HandleAsync(Event(id), Cancellation);
        return Queue.Queued.Last(queued => queued.Delivery.Webhook == webhook.Id).Delivery;
    }

    public async Task<Delivery> DeliveryAsync(DeliveryRef delivery) =>
        (await Deliveries.FindAsync(delivery.Tenant, delivery.Id, Cancellation))!.Value;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Cloud.DisposeAsync();
    }

    private sealed class EndpointHandler : HttpMessageHandler
    {
        private readonly ConcurrentQueue<Sent> requests = new();

        public IEnumerable<Sent> Requests => requests;

        public Func<Sent, CancellationToken, Task<HttpResponseMessage>> Answer { get; set; } =
            (_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Options)
            {
                var consent = new HttpResponseMessage(HttpStatusCode.OK);
                consent.Headers.TryAddWithoutValidation("WebHook-Allowed-Origin", "*");
                consent.Headers.TryAddWithoutValidation("WebHook-Allowed-Rate", request.RequestUri!.Query.TrimStart('?'));
                return consent;
            }

            var sent = new Sent(
                request.RequestUri!,
                request.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value)),
                await request.Content!.ReadAsStringAsync(cancellationToken)
            );
            requests.Enqueue(sent);
            return await Answer(sent, cancellationToken);
        }
    }
}

/// <summary>A request that an endpoint has got.</summary>
internal sealed record Sent(Uri Url, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string Id => Headers["webhook-id"];
}

/// <summary>A queue that keeps what it is given.</summary>
internal sealed class RecordingQueue : IDeliveryQueue
{
    private readonly ConcurrentQueue<(DeliveryRef Delivery, DateTimeOffset Due)> queued = new();

    public IReadOnlyList<(DeliveryRef Delivery, DateTimeOffset Due)> Queued => [.. queued];

    public Task EnqueueAsync(DeliveryRef delivery, DateTimeOffset due, CancellationToken cancellation)
    {
        queued.Enqueue((delivery, due));
        return Task.CompletedTask;
    }
}
