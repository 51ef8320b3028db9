using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Serverless.App.Hosting;

/// <summary>Traces and metrics by OpenTelemetry, to where OTEL_EXPORTER_OTLP_ENDPOINT says; without it nothing is collected and nothing costs.</summary>
internal static class Observability
{
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void Start(WebApplication app)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EndpointVariable)))
        {
            return;
        }

        var resource = ResourceBuilder.CreateDefault().AddService("serverless");
        var traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource("Microsoft.AspNetCore")
            .AddOtlpExporter()
            .Build();
        var metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(Domain.Telemetry.TelemetryMetrics.MeterName)
            .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
            .AddOtlpExporter()
            .Build();
        app.Lifetime.ApplicationStopped.Register(() =>
        {
            traces.Dispose();
            metrics.Dispose();
        });
    }
}
