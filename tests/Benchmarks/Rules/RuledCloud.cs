using Microsoft.Extensions.DependencyInjection;
using Serverless.App.Hosting;
using Serverless.App.Triggers.Telemetry;
using Serverless.Benchmarks.Telemetry;
using Serverless.Domain.Alarms;
using Serverless.Domain.Devices;
using Serverless.Domain.Rules;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;

namespace Serverless.Benchmarks.Rules;

/// <summary>A cloud of devices in 100 groups and of 100 types, with or without rules: one for each of most devices, one for each group and each type, and some for all.</summary>
internal sealed class RuledCloud : IAsyncDisposable
{
    public const int Devices = 10_000;
    public const int Rules = 10_000;
    public const int PointsPerEnvelope = Messages * Envelope.ValuesPerMessage;

    private const string Tenant = "t1";
    private const int Messages = 1000;
    private const int Kinds = 100;
    private const int OfAll = 5;
    private const int OfDevices = Rules - (2 * Kinds) - OfAll;
    private const int AtOnce = 64;

    private readonly ScratchFolder folder = new();
    private readonly ServiceProvider services;
    private readonly ITelemetryIngest ingest;

    private RuledCloud()
    {
        var collection = new ServiceCollection().AddLogging();
        collection.AddCloud(new AppOptions("", folder.Path, -1, -1, null, false));
        services = collection.BuildServiceProvider();
        ingest = services.GetRequiredService<ITelemetryIngest>();
    }

    /// <summary>How often a rule and a value of an envelope meet, on the average.</summary>
    public static double LooksPerEnvelope => Messages * ((double)OfDevices / Devices + 2 + OfAll);

    public static async Task<RuledCloud> StartAsync(bool withRules)
    {
        var cloud = new RuledCloud();
        await cloud.services.GetRequiredService<TenantDirectory>().CreateAsync(new Tenant { Id = Tenant }, default);
        var made = new string[Devices];
        await ForEachAsync(
            Devices,
            async i =>
            {
                var device = new NewDevice
                {
                    ExternalIds = [new ExternalId(ExternalId.IotHub, HubId(i))],
                    Group = $"group-{i % Kinds}",
                    Type = $"type-{i / Kinds % Kinds}",
                };
                made[i] = (await cloud.services.GetRequiredService<DeviceService>().CreateAsync(Tenant, device, default)).Value.Id;
            }
        );
        if (withRules)
        {
            await ForEachAsync(
                Rules,
                i => cloud.services.GetRequiredService<RuleDirectory>().CreateAsync(Tenant, RuleOf(i, made), default)
            );
        }

        return cloud;
    }

    /// <summary>Messages of the next 1,000 devices.</summary>
    public static byte[] EnvelopeOf(int number, DateTimeOffset start)
    {
        var first = number * Messages % Devices;
        string[] ids = [.. Enumerable.Range(first, Messages).Select(HubId)];
        return Envelope.Of(ids, Messages, start.AddSeconds(number), (long)number * Messages);
    }

    public Task TakeAsync(byte[] envelope) =>
        ingest.IngestAsync([.. EventHubsBatch.Read(envelope, DateTimeOffset.UtcNow).Select(item => item.Message)], CancellationToken.None);

    /// <summary>Seals what was written so far.</summary>
    public Task CompactAsync() =>
        services.GetRequiredService<TimeSeries.SeriesStore>().CompactAsync(Tenant, Domain.Tenants.Tenant.DeviceDatabase, default);

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        folder.Dispose();
    }

    private static string HubId(int number) => $"device-{number}";

    /// <summary>No value of an envelope crosses one of these; a tenth of the devices' are of silence, and a tenth must have held for a time.</summary>
    private static RuleChange RuleOf(int number, string[] devices)
    {
        var of = number - OfDevices;
        var rule = new RuleChange
        {
            Name = $"rule {number}",
            Scope =
                of < 0 ? new RuleScope(Device: devices[number])
                : of < Kinds ? new RuleScope(Group: $"group-{of}")
                : of < 2 * Kinds ? new RuleScope(Type: $"type-{of - Kinds}")
                : new RuleScope(),
            Measurement =
                of < 0 ? "temperature"
                : of < Kinds ? "pressure"
                : of < 2 * Kinds ? "humidity"
                : "watt",
            Alarm = new RuleAlarm("outside", AlarmSeverity.Major),
        };
        return of < 0 && number % 10 == 0
            ? rule with
            {
                SilenceSeconds = 86_400,
            }
            : rule with
            {
                ForSeconds = number % 10 == 1 ? 60 : 0,
                Condition = new RuleCondition
                {
                    Operator = RuleOperator.Outside,
                    Threshold = -100,
                    Upper = 10_000,
                    Hysteresis = 1,
                },
            };
    }

    private static Task ForEachAsync(int count, Func<int, Task> work) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (i, _) => await work(i)
        );
}
