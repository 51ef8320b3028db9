using Serverless.Contracts;
using Serverless.Contracts.Events;
using Serverless.Domain.Alarms;
using Serverless.Domain.Audit;
using Serverless.Domain.Changes;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;
using Serverless.Domain.Provisioning;
using Serverless.Domain.Rules;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using Serverless.Local.Sqlite;
using Serverless.TimeSeries;

namespace Serverless.Tests.Support;

/// <summary>The domain on the local stores, in a folder that ends with the test, under a clock that stands still. There is the tenant t1.</summary>
internal sealed class TestCloud : IAsyncDisposable
{
    public const string Tenant = "t1";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("serverless-domain-");
    private readonly SqliteDatabase database;

    private TestCloud()
    {
        database = SqliteDatabase.Open(new SqliteOptions { Path = Path.Combine(folder.FullName, "cloud.db") });
        Store = new HookedStore(new SqliteDocumentStore(database, Time));
        Runs = new SqliteRunStore(database);
        Series = new SeriesStore(Runs, Time);
        One = Instance();
    }

    public ManualTime Time { get; } = new();

    public HookedStore Store { get; }

    public IRunStore Runs { get; }

    public SeriesStore Series { get; }

    public FakeGateway Gateway { get; } = new();

    public RecordingPublisher Events { get; } = new();

    /// <summary>The instance that most tests need.</summary>
    public CloudInstance One { get; }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<TestCloud> OpenAsync(TenantSettings? settings = null)
    {
        var cloud = new TestCloud();
        await cloud.AddTenantAsync(Tenant, settings);
        return cloud;
    }

    /// <summary>One more instance of the cloud on the same stores, with caches of its own.</summary>
    public CloudInstance Instance(
        ISeriesWriter? series = null,
        ProvisioningOptions? options = null,
        IReadOnlyList<IPayloadDecoder>? decoders = null,
        IDeviceGateway? gateway = null,
        IEventPublisher? events = null
    ) => new(Store, series ?? Series, Series, Time, gateway ?? Gateway, events ?? Events, options ?? new ProvisioningOptions(), decoders);

    public Task AddTenantAsync(string id, TenantSettings? settings = null) =>
        One.Tenants.CreateAsync(new Tenant { Id = id, Settings = settings ?? new TenantSettings() }, Cancellation);

    public async Task<DeviceTwin> AddDeviceAsync(string hubId, NewDevice? device = null, string tenant = Tenant)
    {
        var made = (device ?? new NewDevice()) with { ExternalIds = [new ExternalId(ExternalId.IotHub, hubId)] };
        return (await One.Service.CreateAsync(tenant, made, Cancellation)).Value;
    }

    /// <summary>The points of a device's field as "seconds:value", the seconds since the clock's start.</summary>
    public async Task<string> PointsAsync(DeviceTwin device, string measurement, string field = "value", string tenant = Tenant)
    {
        var points = new List<string>();
        var tags = TagSet.Of("uuid", device.Uuid.ToString());
        var start = PayloadTime.ToNanoseconds(new ManualTime().GetUtcNow());
        await foreach (
            var chunk in Series.ScanAsync(
                tenant,
                Domain.Tenants.Tenant.DeviceDatabase,
                measurement,
                tags,
                field,
                long.MinValue,
                long.MaxValue,
                false,
                Cancellation
            )
        )
        {
            for (var i = 0; i < chunk.Count; i++)
            {
                points.Add($"{(chunk.Times.Span[i] - start) / 1e9}:{chunk.ValueAt(i)}");
            }
        }

        return string.Join(' ', points);
    }

    public async Task<DeviceTwin> TwinAsync(DeviceTwin device, string tenant = Tenant) =>
        (await One.Devices.GetAsync(tenant, device.Id, Cancellation)).Value;

    public async ValueTask DisposeAsync()
    {
        await Series.DisposeAsync();
        await database.DisposeAsync();
        folder.Delete(recursive: true);
    }
}

/// <summary>The domain's services as one process has them.</summary>
internal sealed class CloudInstance
{
    public CloudInstance(
        IDocumentStore store,
        ISeriesWriter writer,
        SeriesStore series,
        TimeProvider time,
        IDeviceGateway gateway,
        IEventPublisher publisher,
        ProvisioningOptions options,
        IReadOnlyList<IPayloadDecoder>? decoders = null
    )
    {
        Tenants = new TenantDirectory(store, time);
        Databases = new DatabaseDirectory(store, series, time);
        Retention = new Retention(Tenants, Databases, series, time);
        var ids = new DeviceIds(time);
        Audit = new AuditLog(store, ids, time);
        Users = new UserDirectory(store, Audit);
        Clients = new ApiClients(store);
        Logins = new Logins(Users, store, time);
        Changes = new ChangeLog(store, time);
        Listeners = new Listeners(store, time);
        Devices = new DeviceDirectory(store, Changes, time);
        Links = new Links(store, Devices);
        var events = Outbox = new EventOutbox(store, publisher, Tenants, time);
        Service = new DeviceService(Devices, Links, ids, gateway, series, events, time);
        Commands = new CommandDirectory(store, Changes, Devices, Tenants, ids, events, Audit, time);
        Echoes = new CommandEchoes(Commands, Service, time);
        Alarms = new AlarmDirectory(store, Changes, Devices, Audit, events, ids, time);
        Connections = new DeviceConnections(Devices, events, new ConnectionAlarms(Alarms, Links));
        Dispatcher = new CommandDispatcher(Commands, Echoes, Devices, Service, Connections, gateway, Tenants, time);
        BulkOperations = new BulkDirectory(store, Commands, Echoes, Devices, Audit, ids, time);
        Bulks = new BulkDispatcher(BulkOperations, Commands, new CommandAgents(Devices), Devices, Links, Tenants, time);
        DeadLetters = new DeadLetters(store, time);
        Provisioner = new Provisioner(Tenants, Databases, Users, Clients, Devices, Service, store);
        var resolver = new DeviceResolver(Devices, Service, Tenants, options, time);
        var effects = new CrossingEffects(store, Devices, Alarms, events);
        var endings = new RuleEndings(store, Changes, effects, time);
        Rules = new RuleDirectory(store, ids, endings, time);
        RuleEngine = new RuleEngine(store, Rules, endings, Changes, effects, series, time);
        Departures = new Departures(store, RuleEngine, Devices, Alarms);
        Silences = new SilenceWatch(Tenants, Devices, Rules, RuleEngine, series, Changes, time);
        Writer = new TelemetryWriter(Devices, store, Changes, DeadLetters, Echoes, RuleEngine);
        Pipeline = new TelemetryPipeline(
            resolver,
            new HubEvents(Devices, resolver, Connections, Echoes),
            Writer,
            writer,
            Listeners,
            DeadLetters,
            RuleEngine,
            decoders ?? [new TestDecoder(), new JsonPayloadDecoder()],
            [new TestSplitter()]
        );
    }

    public TenantDirectory Tenants { get; }

    public DatabaseDirectory Databases { get; }

    public Retention Retention { get; }

    public UserDirectory Users { get; }

    public ApiClients Clients { get; }

    public Logins Logins { get; }

    public ChangeLog Changes { get; }

    public Links Links { get; }

    public RuleDirectory Rules { get; }

    public RuleEngine RuleEngine { get; }

    public Departures Departures { get; }

    public SilenceWatch Silences { get; }

    public TelemetryWriter Writer { get; }

    public Listeners Listeners { get; }

    public DeviceDirectory Devices { get; }

    public DeviceService Service { get; }

    public CommandDirectory Commands { get; }

    public CommandEchoes Echoes { get; }

    public AlarmDirectory Alarms { get; }

    public AuditLog Audit { get; }

    public EventOutbox Outbox { get; }

    public DeviceConnections Connections { get; }

    public CommandDispatcher Dispatcher { get; }

    public BulkDirectory BulkOperations { get; }

    public BulkDispatcher Bulks { get; }

    public DeadLetters DeadLetters { get; }

    public Provisioner Provisioner { get; }

    public TelemetryPipeline Pipeline { get; }
}
