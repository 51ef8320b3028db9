using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serverless.App.Hosting;
using Serverless.Benchmarks.Mqtt;
using Serverless.Domain.Alarms;
using Serverless.Domain.Devices;
using Serverless.Domain.Events;
using Serverless.Domain.Rules;
using Serverless.Domain.Tenants;
using Serverless.Domain.Webhooks;
using Serverless.Local.Mqtt.Server;

namespace Serverless.Benchmarks.Webhooks;

/// <summary>
/// From a device's MQTT publish over a threshold to the verified signature at a receiver on loopback, over plain HTTP, all in one process: point, crossing, alarm, outbox, fan-out, claim, request, each durable on
/// disk. First one crossing after the other, then as many events as there are, to 1 webhook and to 10.
/// </summary>
public static class WebhookBenchmark
{
    private const string Tenant = "t1";
    private const int WarmUp = 200;
    private const int Single = 500;
    private const int Many = 5000;
    private const int Threshold = 20;

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
            await using var app = Build(options);
            var provider = app.Services;
            await provider.GetRequiredService<TenantDirectory>().CreateAsync(new Tenant { Id = Tenant }, default);
            for (var i = 0; i < webhooks; i++)
            {
                var hook = new NewWebhook { Url = $"http://127.0.0.1:{receiver.Port}/{i}", Types = [CrossingEffects.TypePrefix + "*"] };
                var made = await provider.GetRequiredService<WebhookDirectory>().CreateAsync(Tenant, hook, null, default);
                receiver.Secrets[$"/{i}"] = made.Value.Secrets[0].Value;
            }

            await app.StartAsync();
            using var device = await ConnectAsync(app);
            await MeasureAsync(device, receiver, webhooks, output);
            await MeasureBurstAsync(provider.GetRequiredService<IEventPublisher>(), receiver, webhooks, output);
            await app.StopAsync();
        }
    }

    /// <summary>The whole cloud, with its MQTT endpoint and all that runs beside it.</summary>
    private static WebApplication Build(AppOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.Services.AddCloud(options);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseMqtt()));
        return builder.Build();
    }

    /// <summary>A connected device that a rule with an alarm watches.</summary>
    private static async Task<BenchmarkDevice> ConnectAsync(WebApplication app)
    {
        var device = new BenchmarkDevice(0);
        var made = new NewDevice
        {
            ExternalIds = [new ExternalId(ExternalId.IotHub, device.HubId)],
            Keys = new DeviceKeys(BenchmarkDevice.Key, null, []),
        };
        await app.Services.GetRequiredService<DeviceService>().CreateAsync(Tenant, made, default);
        var rule = new RuleChange
        {
            Name = "hot",
            Measurement = "temperature",
            Condition = new RuleCondition { Operator = RuleOperator.Greater, Threshold = Threshold },
            Alarm = new RuleAlarm("hot", AlarmSeverity.Major),
        };
        await app.Services.GetRequiredService<RuleDirectory>().CreateAsync(Tenant, rule, default);
        await device.ConnectAsync(PortOf(app));
        return device;
    }

    private static int PortOf(WebApplication app) =>
        new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    private static async Task MeasureAsync(BenchmarkDevice device, Receiver receiver, int webhooks, TextWriter output)
    {
        var times = new List<double>();
        for (var i = 0; i < WarmUp + Single; i++)
        {
            // By turns over the threshold and under it: each is a crossing or its end.
            var payload = Encoding.UTF8.GetBytes($"{{\"temperature\":{Threshold + (i % 2 == 0 ? 1 : -1)}}}");
            receiver.Expect(webhooks);
            var watch = Stopwatch.StartNew();
            await device.PublishAsync(1, 1, payload);
            await receiver.All;
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        times.RemoveRange(0, WarmUp);
        times.Sort();
        await output.WriteLineAsync(
            $"webhooks: MQTT publish to verified signature at {webhooks}: p50 {times[Single / 2]:F1} ms, p99 {times[Single * 99 / 100]:F1} ms"
        );
    }

    private static async Task MeasureBurstAsync(IEventPublisher publisher, Receiver receiver, int webhooks, TextWriter output)
    {
        await BurstAsync(publisher, receiver, webhooks, "warm", WarmUp);
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
        new(id, $"/tenants/{Tenant}", CrossingEffects.Crossed, "devices/1", DateTimeOffset.UtcNow, new JsonObject { ["id"] = "1" });

    /// <summary>Verifies each request's signature and counts the messages that it has.</summary>
    private sealed class Receiver : IAsyncDisposable
    {
        private readonly WebApplication app;
        private TaskCompletionSource all = new();
        private int left;

        private Receiver(WebApplication app) => this.app = app;

        public ConcurrentDictionary<string, string> Secrets { get; } = new();

        public Task All => all.Task;

        public int Port => PortOf(app);

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
