using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Cumulocity;
using Serverless.Dialects.Cumulocity.Events;
using Serverless.Dialects.Cumulocity.Measurements;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Dialects.Cumulocity.Retention;
using Serverless.Dialects.Tests.Http;
using Serverless.Domain.Binaries;
using Serverless.Domain.DataRetention;
using Serverless.Domain.DeviceEvents;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using Serverless.Tests.Support;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Tests.Cumulocity.Data;

/// <summary>An answer.</summary>
internal sealed record Answer(int Status, string Text, string? Type, string? Location)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string Message => (string)Json["message"]!;
}

/// <summary>Measurements, events and retention rules behind Kestrel on a free port, with users of each role, a device "dev" and a group that is none.</summary>
internal sealed class DataServer : IAsyncDisposable
{
    public const string Password = "correct horse battery";

    private readonly WebApplication app;
    private readonly SigningKeys keys;
    private readonly HttpClient http;

    private DataServer(TestCloud cloud, SigningKeys keys, WebApplication app)
    {
        (Cloud, this.keys, this.app) = (cloud, keys, app);
        http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public TestCloud Cloud { get; }

    public DeviceTwin Device { get; private set; } = null!;

    public DeviceTwin Group { get; private set; } = null!;

    public TelemetryPipeline Pipeline { get; private init; } = null!;

    public RetentionEnforcement Retention { get; private init; } = null!;

    public EventDirectory Events { get; private init; } = null!;

    public Uri Url => http.BaseAddress!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<DataServer> StartAsync(TenantSettings? settings = null)
    {
        var cloud = await TestCloud.OpenAsync(settings);
        var (one, store, time) = (cloud.One, cloud.Store, cloud.Time);
        var signing = new SigningKeys(new DocumentSigningKeys(store, time), time);
        var callers = new CumulocityCallers(new HttpCallers(new AccessTokens(signing, one.Users, time), one.Logins, one.Users));
        var pipeline = cloud.Instance(decoders: [new CumulocityPayloadDecoder(), new JsonPayloadDecoder()]).Pipeline;
        var (ids, history) = (new DeviceIds(time), new DeviceHistory(cloud.Series));
        var links = new Links(store, one.Devices);
        var scope = new DeviceScope(one.Devices, links);
        var sources = new SourceObjects(one.Devices, scope);
        var reader = new MeasurementReader(cloud.Series, history, one.Devices);
        var eraser = new MeasurementEraser(cloud.Series, history);
        var binaries = new BinaryStore(store, time);
        var events = new EventDirectory(store, one.Changes, binaries, ids, time);
        var rules = new RetentionRuleDirectory(store, ids);
        var pages = new PageCursors(time);
        IRetainedData[] retained = [new RetainedEvents(events), new RetainedMeasurements(eraser, reader, one.Devices, cloud.Series, time)];
        var dialect = new CumulocityDialect(
            callers,
            [
                new MeasurementRoutes(
                    new MeasurementIntake(sources, pipeline, new MessageClock(time)),
                    reader,
                    new MeasurementPages(reader, pages),
                    new MeasurementDeletion(eraser, reader, one.Devices, one.Changes, one.Listeners),
                    sources,
                    one.Devices
                ),
                new SeriesRoutes(new SeriesReader(cloud.Series), sources, one.Tenants),
                new EventRoutes(
                    events,
                    new EventQuery(sources, scope, links),
                    sources,
                    one.Devices,
                    new Heartbeats(one.Devices, time),
                    pages
                ),
                new EventFileRoutes(events, binaries, sources),
                new RetentionRoutes(rules, pages),
            ],
            []
        );
        var built = await LoopbackServer.StartAsync(dialect, Cancellation);
        var server = new DataServer(cloud, signing, built)
        {
            Pipeline = pipeline,
            Events = events,
            Retention = new RetentionEnforcement(one.Tenants, rules, retained, store, time),
        };
        foreach (
            var (name, role) in new[] { ("ann", Roles.Admin), ("bob", Roles.Reader), ("dora", Roles.Reader), ("olga", Roles.Operator) }
        )
        {
            await one.Users.ApplyAsync(TestCloud.Tenant, name, new UserChange { Password = Password, Roles = [role] }, null, Cancellation);
        }

        await MakeDeviceUserAsync(cloud, "dora");
        server.Device = await cloud.AddDeviceAsync("dev", new NewDevice { Name = "dev, one" });
        var group = new NewDevice { Name = "group", IsAsset = true };
        server.Group = (await one.Service.CreateAsync(TestCloud.Tenant, group, Cancellation)).Value;
        return server;
    }

    /// <summary>Makes a user what a device's registration makes: nobody gives this role otherwise.</summary>
    private static async Task MakeDeviceUserAsync(TestCloud cloud, string name)
    {
        var stored = (await cloud.Store.GetAsync(new DocumentKey(TestCloud.Tenant, Kinds.User, name), Cancellation))!;
        var user = JsonNode.Parse(stored.Body.Span)!;
        user["roles"] = new JsonArray(Roles.Device);
        var body = Encoding.UTF8.GetBytes(user.ToJsonString());
        await cloud.Store.CommitAsync(TestCloud.Tenant, [new DocumentWrite(WriteMode.Replace, Kinds.User, name, body)], Cancellation);
    }

    /// <summary>Sends a request as ann, or whom the headers name; a header without a value is left out.</summary>
    public async Task<Answer> SendAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        return await SendAsync(request, headers);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request, params (string Name, string Value)[] headers)
    {
        request.Headers.Authorization = Basic("ann");
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        foreach (var (name, value) in headers)
        {
            HttpHeaders to = name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) ? request.Content!.Headers : request.Headers;
            to.Remove(name);
            if (value.Length > 0)
            {
                to.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await http.SendAsync(request, Cancellation);
        return new Answer(
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(Cancellation),
            response.Content.Headers.ContentType?.MediaType,
            response.Headers.Location?.OriginalString
        );
    }

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync("GET", path, null, headers);

    /// <summary>The header that makes a request another user's.</summary>
    public static (string Name, string Value) As(string user) => ("Authorization", Basic(user).ToString());

    /// <summary>Posts what must be taken.</summary>
    public async Task<JsonNode> PostAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        var answer = await SendAsync("POST", path, body, headers);
        Assert.True(answer.Status == 201, $"{answer.Status} {answer.Text}");
        return answer.Json;
    }

    /// <summary>A measurement of the device with one series.</summary>
    public Task<JsonNode> MeasureAsync(
        string time,
        string value,
        string fragment = "c8y_Steam",
        string series = "T",
        string? unit = "C",
        string? type = null,
        DeviceTwin? of = null
    ) => PostAsync("/measurement/measurements", Body(time, value, fragment, series, unit, type ?? fragment, of ?? Device));

    public static string Body(string time, string value, string fragment, string series, string? unit, string type, DeviceTwin of) =>
        $$"""{"source":{"id":"{{of.Id}}"},"type":"{{type}}","time":"{{time}}","{{fragment}}":{"{{series}}":{"value":{{value}}"""
        + (unit is null ? "}}}" : $",\"unit\":\"{unit}\"}}}}}}");

    /// <summary>What a device says by its own hub.</summary>
    public Task IngestAsync(string body, string hubId = "dev", params (string Name, string Value)[] properties) =>
        Pipeline.IngestAsync(
            [
                new DeviceMessage(
                    hubId,
                    Encoding.UTF8.GetBytes(body),
                    Cloud.Time.GetUtcNow(),
                    MessageSource.Telemetry,
                    DeviceMessage.NoProperties,
                    properties.ToDictionary(pair => pair.Name, pair => pair.Value)
                ),
            ],
            Cancellation
        );

    /// <summary>The fragments of the measurements of a list, without what does not matter here, in its order.</summary>
    public async Task<string[]> ListAsync(string query, params (string Name, string Value)[] headers)
    {
        var answer = await GetAsync($"/measurement/measurements?{query}", headers);
        Assert.True(answer.Status == 200, answer.Text);
        return [.. answer.Json["measurements"]!.AsArray().Select(Short)];
    }

    public static string Short(JsonNode? document)
    {
        var left = document!.DeepClone().AsObject();
        foreach (var name in new[] { "self", "id", "source", "time", "type" })
        {
            left.Remove(name);
        }

        return $"{document["type"]} {left.ToJsonString()}";
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
        keys.Dispose();
        await Cloud.DisposeAsync();
    }

    private static AuthenticationHeaderValue Basic(string user) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{TestCloud.Tenant}/{user}:{Password}")));
}
