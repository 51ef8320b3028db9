using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serverless.App.Hosting;
using Serverless.Domain.Events;
using Serverless.Domain.Tenants;
using Serverless.Domain.Webhooks;

namespace Serverless.Benchmarks.Webhooks;

/// <summary>
/// From the publishing of an event to its verified signature at a receiver on loopback, over plain HTTP, all on one machine: outbox, fan-out, claim, request, each durable on disk. First one event after the
/// other, then as many as there are, to 1 webhook and to 10.
/// </summary>
public static class WebhookBenchmark
{
    private const string Tenant = "t1";
    private const int WarmUp = 200;
    private const int Single = 500;
    private const int Many = 5000;

    public static async Task RunAsync(TextWriter output)
    {
        foreach (var webhooks in new[] { 1, 10 })
        {
            using var folder = new ScratchFolder();
            await using var receiver = await Receiver.StartAsync();
            var options = new AppOptions("", folder.Path, -1, -1, null, false)
            {
                Webhooks = new WebhookOptions { Allow = new HashSet<string> { $"127.0.0.1:{receiver.Port}" } },
            };
            var services = new ServiceCollection().AddLogging();
            services.AddCloud(options);
            await using var provider = services.BuildServiceProvider();
            await provider.GetRequiredService<TenantDirectory>().CreateAsync(new Tenant { Id = Tenant }, default);
            for (var i = 0; i < webhooks; i++)
            {
                var hook = new NewWebhook { Url = $"http://127.0.0.1:{receiver.Port}/{i}" };
                var made = await provider.GetRequiredService<WebhookDirectory>().CreateAsync(Tenant, hook, default);
                receiver.Secrets[$"/{i}"] = made.Value.Secrets[0].Value;
            }

            var running = provider.GetServices<IHostedService>().Where(service => service is OutboxService or DeliveryService).ToList();
            await Task.WhenAll(running.Select(service => service.StartAsync(default)));
            await MeasureAsync(provider.GetRequiredService<IEventPublisher>(), receiver, webhooks, output);
            await Task.WhenAll(running.Select(service => service.StopAsync(default)));
        }
    }

    private static async Task MeasureAsync(IEventPublisher publisher, Receiver receiver, int webhooks, TextWriter output)
    {
        await BurstAsync(publisher, receiver, webhooks, "warm", WarmUp);
        var times = new List<double>();
        for (var i = 0; i < Single; i++)
        {
            receiver.Expect(webhooks);
            var watch = Stopwatch.StartNew();
            await publisher.PublishAsync([Event($"single-{i}")], default);
            await receiver.All;
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        times.Sort();
        await output.WriteLineAsync(
            $"webhooks: publish to verified signature at {webhooks}: p50 {times[Single / 2]:F1} ms, p99 {times[Single * 99 / 100]:F1} ms"
        );
        var seconds = await BurstAsync(publisher, receiver, webhooks, "many", Many / webhooks);
        await output.WriteLineAsync($"webhooks: {Many / seconds:N0} deliveries/s to {webhooks}");
    }

    private static async Task<double> BurstAsync(IEventPublisher publisher, Receiver receiver, int webhooks, string name, int count)
    {
        receiver.Expect(count * webhooks);
        var watch = Stopwatch.StartNew();
        await publisher.PublishAsync([.. Enumerable.Range(0, count).Select(number => Event($"{name}-{number}"))], default);
        await receiver.All;
        return watch.Elapsed.TotalSeconds;
    }

    private static CloudEvent Event(string id) =>
        new(id, $"/tenants/{Tenant}", "serverless.device.connected", "devices/1", DateTimeOffset.UtcNow, new JsonObject { ["id"] = "1" });

    /// <summary>Verifies each request's signature and counts the messages that it has.</summary>
    private sealed class Receiver : IAsyncDisposable
    {
        private readonly WebApplication app;
        private TaskCompletionSource all = new();
        private int left;

        private Receiver(WebApplication app) => this.app = app;

        public ConcurrentDictionary<string, string> Secrets { get; } = new();

        public Task All => all.Task;

        public int Port =>
            new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

        public static async Task<Receiver> StartAsync()
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.Services.AddLogging(logging => logging.ClearProviders());
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            var built = builder.Build();
            var receiver = new Receiver(built);
            built.Run(receiver.TakeAsync);
            await built.StartAsync();
            return receiver;
        }

        public void Expect(int count)
        {
            all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref left, count);
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private async Task TakeAsync(HttpContext context)
        {
            var request = context.Request;
            if (HttpMethods.IsOptions(request.Method))
            {
                context.Response.Headers["WebHook-Allowed-Origin"] = "*";
                return;
            }

            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            var timestamp = long.Parse(request.Headers["webhook-timestamp"]!);
            var signature = WebhookSecrets.Sign([Secrets[request.Path]], request.Headers["webhook-id"]!, timestamp, body.ToArray());
            if (signature != request.Headers["webhook-signature"])
            {
                all.TrySetException(new InvalidOperationException("A signature is wrong."));
            }

            if (Interlocked.Decrement(ref left) == 0)
            {
                all.TrySetResult();
            }
        }
    }
}
