using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Serverless.App.Demo;
using Serverless.App.Triggers;
using Serverless.App.Triggers.Deliveries;
using Serverless.App.Triggers.Events;
using Serverless.App.Triggers.Telemetry;
using Serverless.Azure.CosmosDb;
using Serverless.Azure.IotHub;
using Serverless.Azure.WebPubSub;
using Serverless.Dialects;
using Serverless.Domain.Documents;
using Serverless.Domain.Provisioning;
using Serverless.Local.Mqtt.IotHub;
using Serverless.Local.Mqtt.Server;

namespace Serverless.App.Hosting;

/// <summary>The process from start to stop.</summary>
internal static class CloudHost
{
    private static readonly string[] GetAndHead = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Starts the cloud, runs it until it is told to stop, and stops it with everything written.</summary>
    /// <returns>The process's exit code: 0 after a stop, 1 where it could not start.</returns>
    public static async Task<int> RunAsync(AppOptions options, CancellationToken cancellation)
    {
        try
        {
            if (options.KeepsFiles)
            {
                MakeDataFolder(options.Data);
            }

            await using var app = Build(options);
            await MakeContainerAsync(options, app.Services, cancellation);
            await FirstStart.ProvisionAsync(options, app.Services, cancellation);
            await app.StartAsync(cancellation);
            var endpoints = Endpoints.Of(app, options);
            Banner.Write(Console.Out, app.Services, endpoints, options);
            if (await FirstStart.CreateAsync(options, app.Services, cancellation) is { } credentials)
            {
                Banner.WriteCredentials(Console.Out, app.Services, endpoints, options, credentials);
            }

            await using var demo = options.Demo ? await DemoFleet.StartAsync(app.Services, endpoints, cancellation) : null;
            await app.WaitForShutdownAsync(cancellation);
            return 0;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return 0; // it was told to stop while it was starting
        }
        catch (Exception failure) when (Explain(failure) is { } reason)
        {
            await Console.Error.WriteLineAsync($"Cannot start: {reason}");
            return 1;
        }
    }

    private static void MakeDataFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StartException($"The data folder {path} cannot be made: {failure.Message} Choose another with --data.");
        }
    }

    /// <summary>A stand-in begins empty; on Azure the template has made the container.</summary>
    private static Task MakeContainerAsync(AppOptions options, IServiceProvider services, CancellationToken cancellation) =>
        options.Emulators is null ? Task.CompletedTask : services.GetRequiredService<CosmosConnection>().CreateContainerAsync(cancellation);

    private static WebApplication Build(AppOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        Logs.Configure(builder.Logging);
        var listeners = new Listeners(options);
        builder.WebHost.ConfigureKestrel(listeners.Configure);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton(listeners);
        builder.Services.AddCloud(options);
        var app = builder.Build();
        Observability.Start(app);
        app.Services.GetRequiredService<DeadLetterLog>().Start();
        app.Services.GetRequiredService<DeliveryLog>().Start();
        app.Use(UnexpectedErrors.HandleAsync);
        if (options.Azure is { } azure)
        {
            app.UseFrontDoor(azure.FrontDoorId);
        }

        app.UseWebSockets();
        Map(app);
        return app;
    }

    private static void Map(WebApplication app)
    {
        // The Functions host asks for / until it answers: it is cheap and never redirects.
        app.MapMethods("/", GetAndHead, context => context.Response.WriteAsync("ok\n", context.RequestAborted));
        app.MapMethods("/health", GetAndHead, app.Services.GetRequiredService<Health>().HandleAsync);
        if (HostInvocation.Port is not null)
        {
            app.MapPost(TelemetryFunction.Path, app.Services.GetRequiredService<TelemetryFunction>().HandleAsync);
            app.MapPost(EventsFunction.Path, app.Services.GetRequiredService<EventsFunction>().HandleAsync);
            app.MapPost(DeliveriesFunction.Path, app.Services.GetRequiredService<DeliveriesFunction>().HandleAsync);
            app.MapTimer("watch", app.Services.GetRequiredService<RuleWatch>().RunAsync);
            app.MapTimer("housekeeping", app.Services.GetRequiredService<Housekeeping>().RunAsync);

            // Only a hub of its own can be out of step with the directory.
            var reconciliation = app.Services.GetService<HubReconciliation>();
            app.MapTimer("reconciliation", cancellation => reconciliation?.RunAsync(cancellation) ?? Task.CompletedTask);
        }

        if (app.Services.GetService<LocalDeviceGateway>() is not null)
        {
            app.MapMqtt();
        }

        if (app.Services.GetService<WebPubSubUpstream>() is { } upstream)
        {
            app.Map($"{WebPubSubUpstream.Path}/{{**event}}", upstream.HandleAsync);
        }

        foreach (var dialect in app.Services.GetServices<IDialect>())
        {
            dialect.Map(app);
        }
    }

    private static void MapTimer(this WebApplication app, string name, Func<CancellationToken, Task> work) =>
        app.MapPost($"/{name}", new TimerFunction(name, work, app.Services.GetRequiredService<ILogger<TimerFunction>>()).HandleAsync);

    private static string? Explain(Exception failure) =>
        failure switch
        {
            StartException or BootstrapException or StoreUnavailableException => failure.Message,
            IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } or System.Net.Sockets.SocketException =>
                $"{failure.Message} Choose other ports with --urls, --mqtt-port and --mqtts-port.",
            _ => null,
        };
}

/// <summary>Where the running process is reached.</summary>
/// <param name="Http">The first address of HTTP, without a slash at the end.</param>
/// <param name="MqttPort">The port of MQTT, or null where there is none.</param>
/// <param name="MqttsPort">The port of MQTT over TLS, or null where there is none.</param>
internal sealed record Endpoints(IReadOnlyList<string> Http, int? MqttPort, int? MqttsPort)
{
    public static Endpoints Of(WebApplication app, AppOptions options)
    {
        // Kestrel lists what it listens on in the order in which it was told: HTTP first, then MQTT.
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        var ports = new Queue<int>(addresses.TakeLast(Listeners.MqttCount(options)).Select(address => new Uri(address).Port));
        var http = addresses.SkipLast(Listeners.MqttCount(options)).Select(address => address.TrimEnd('/'));
        int? mqtt = options.MqttPort >= 0 ? ports.Dequeue() : null;
        int? mqtts = options.MqttsPort >= 0 ? ports.Dequeue() : null;
        return new Endpoints([.. http], mqtt, mqtts);
    }
}
