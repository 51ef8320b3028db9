using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Contracts.Events;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Management;
using Serverless.Dialects.Tests.Http;
using Serverless.Domain.Alarms;
using Serverless.Domain.Audit;
using Serverless.Domain.Binaries;
using Serverless.Domain.Changes;
using Serverless.Domain.Commands;
using Serverless.Domain.DeviceEvents;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;
using Serverless.Domain.Rules;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using Serverless.Domain.Webhooks;
using Serverless.Domain.Webhooks.Network;
using Serverless.Local.Sqlite;

namespace Serverless.Dialects.Tests.Management;

/// <summary>The API behind a real server on a store in a file, with two tenants and a user of each role in the first.</summary>
public sealed class ManagementCloud : IAsyncLifetime
{
    public const string Own = "acme";
    public const string Other = "globex";
    public const string Password = "correct horse";

    private readonly string folder = Directory.CreateTempSubdirectory("management").FullName;
    private readonly Dictionary<string, string> tokens = [];
    private SqliteDatabase database = null!;
    private WebApplication app = null!;
    private SigningKeys signingKeys = null!;
    private TenantDirectory tenants = null!;
    private AccessTokens access = null!;

    internal FakeGateway Gateway { get; } = new();

    internal IDocumentStore Store { get; private set; } = null!;

    internal DeviceService Devices { get; private set; } = null!;

    internal DeviceDirectory Twins { get; private set; } = null!;

    internal UserDirectory Users { get; private set; } = null!;

    internal ApiClients Clients { get; private set; } = null!;

    internal CommandDirectory Commands { get; private set; } = null!;

    internal AlarmDirectory Alarms { get; private set; } = null!;

    internal AuditLog Audit { get; private set; } = null!;
    internal EventDirectory Events { get; private set; } = null!;

    internal DeadLetters DeadLetters { get; private set; } = null!;

    internal RuleDirectory Rules { get; private set; } = null!;

    internal WebhookDirectory Webhooks { get; private set; } = null!;

    internal DeliveryDirectory Deliveries { get; private set; } = null!;

    internal FakeEndpoint Endpoint { get; } = new();

    internal FakeDeliveryQueue DeliveryQueue { get; } = new();

    internal Listeners Listeners { get; private set; } = null!;

    internal Logins Logins { get; private set; } = null!;

    internal HttpClient Http { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        database = SqliteDatabase.Open(new SqliteOptions { Path = Path.Combine(folder, "cloud.db") });
        var dialect = Compose(TimeProvider.System);
        await SeedAsync();
        app = await LoopbackServer.StartAsync(dialect);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Http = new HttpClient { BaseAddress = new Uri(addresses.Single()) };
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.DisposeAsync();
        signingKeys.Dispose();
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Sends a request as a user: operator, admin, user, reader, nobody (no role), stranger (admin of the other tenant), or null for anonymous.</summary>
    internal async Task<Reply> SendAsync(
        string? user,
        string method,
        string path,
        string? body = null,
        string? ifMatch = null,
        string contentType = "application/json"
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (user is not null)
        {
            request.Headers.Authorization = Bearer(user);
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return await SendAsync(request);
    }

    internal AuthenticationHeaderValue Bearer(string user) => new("Bearer", tokens[user]);

    internal async Task<Reply> SendAsync(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var headers = response
            .Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value));
        return new Reply((int)response.StatusCode, text, headers);
    }

    internal async Task<DeviceTwin> CreateDeviceAsync(string tenant, NewDevice device) =>
        (await Devices.CreateAsync(tenant, device, CancellationToken.None)).Value;

    internal Task<Stored<User>> CreateUserAsync(string tenant, UserChange user, string? name = null) =>
        Users.CreateAsync(tenant, name ?? $"user-{Guid.NewGuid():N}", user, CancellationToken.None);

    private ManagementDialect Compose(TimeProvider time)
    {
        Store = new SqliteDocumentStore(database, time);
        var ids = new DeviceIds(time);
        Audit = new AuditLog(Store, ids, time);
        Users = new UserDirectory(Store, Audit);
        Clients = new ApiClients(Store);
        DeadLetters = new DeadLetters(Store, TimeProvider.System);
        Listeners = new Listeners(Store, time);
        Logins = new Logins(Users, Store, time);
        signingKeys = new SigningKeys(new DocumentSigningKeys(Store, time), time);
        tenants = new TenantDirectory(Store, time);
        var changes = new ChangeLog(Store, time);
        Twins = new DeviceDirectory(Store, changes, time);
        var options = new WebhookOptions();
        var handshake = new EndpointHandshake(new WebhookClient(options, time, Endpoint), time);
        Deliveries = new DeliveryDirectory(Store, options, time);
        var events = new EventOutbox(Store, new RecordingPublisher(), tenants, time);
        Webhooks = new WebhookDirectory(Store, handshake, [new CloudEventsForm()], options, events, Audit, time);
        Devices = new DeviceService(Twins, new Links(Store, Twins), ids, Gateway, new FakeEraser(), events, time);
        Alarms = new AlarmDirectory(Store, changes, Twins, Audit, events, ids, time);
        Commands = new CommandDirectory(Store, changes, Twins, tenants, ids, events, Audit, time);
        var effects = new CrossingEffects(Store, Twins, Alarms, events);
        Rules = new RuleDirectory(Store, ids, new RuleEndings(Store, changes, effects, time), time);
        access = new AccessTokens(signingKeys, Users, time);
        return new ManagementDialect(
            new HttpCallers(access, Logins, Users),
            Logins,
            access,
            signingKeys,
            tenants,
            new DatabaseDirectory(Store, new FakeEraser(), time),
            Users,
            Clients,
            Twins,
            Devices,
            new DeviceLog(Store),
            Gateway,
            Commands,
            new CommandEchoes(Commands, Devices, time),
            Alarms,
            Audit,
            Events = new EventDirectory(Store, changes, new BinaryStore(Store, time), new DeviceIds(time), time),
            DeadLetters,
            changes,
            Listeners,
            Rules,
            Webhooks,
            Deliveries,
            new WebhookFanOut(Webhooks, Deliveries, Twins, DeliveryQueue, [new CloudEventsForm()]),
            DeliveryQueue,
            time
        );
    }

    private async Task SeedAsync()
    {
        foreach (var tenant in new[] { Own, Other, "platform" })
        {
            await tenants.CreateAsync(new Tenant { Id = tenant, Name = tenant }, CancellationToken.None);
        }

        (string Tenant, string Name, string[] Roles)[] all =
        [
            ("platform", "operator", [Roles.Operator]),
            (Own, "admin", [Roles.Admin]),
            (Own, "user", [Roles.User]),
            (Own, "reader", [Roles.Reader]),
            (Own, "nobody", []),
            (Other, "stranger", [Roles.Admin]),
        ];
        foreach (var (tenant, name, roles) in all)
        {
            var user = await CreateUserAsync(tenant, new UserChange { Roles = roles }, name);
            tokens[name] = (await access.IssueAsync(tenant, user.Value, null, CancellationToken.None)).Access;
        }
    }
}

/// <summary>What the API answered.</summary>
internal sealed record Reply(int Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonObject Json => JsonNode.Parse(Text)!.AsObject();

    public string? ETag => Headers.GetValueOrDefault("ETag");

    public string? Problem =>
        Headers.GetValueOrDefault("Content-Type") == "application/problem+json" ? Json["type"]!.GetValue<string>() : null;
}
