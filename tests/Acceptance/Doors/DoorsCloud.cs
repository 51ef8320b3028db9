using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Doors;

/// <summary>A running cloud whose user admin has a token of every kind, without limits on requests.</summary>
public sealed class DoorsCloud : IAsyncLifetime
{
    internal const string ConduitToken = "conduit-token-of-admin";
    internal const string ApiToken = "api-token-of-admin";
    internal const string DeviceToken = "0123456789abcdef0123456789abcdef";
    internal const string MqttUser = "U000001";

    internal const string AdminPassword = "correct horse battery";

    private static readonly TestUser Admin = new("admin", AdminPassword, "admin");

    private readonly ScratchFolder folder = new();
    private readonly TestDevice[] devices = [.. Enumerable.Range(0, 16).Select(_ => TestDevice.New())];
    private int taken;
    private int channels;

    internal CloudProcess Cloud { get; private set; } = null!;

    /// <summary>A client with admin's own token as Bearer.</summary>
    internal HttpClient Http { get; private set; } = null!;

    internal ManagementClient Management { get; private set; } = null!;

    internal TestDevice TakeDevice() => devices[Interlocked.Increment(ref taken) - 1];

    public async ValueTask InitializeAsync()
    {
        var settings = new JsonObject
        {
            ["conduit"] = new JsonObject { ["readSeconds"] = 0 },
            ["thingScale"] = new JsonObject { ["requestsPerSecond"] = 0, ["connectorRequestsPerSecond"] = 0 },
        };
        var bootstrap = new TestBootstrap().Tenant("t1", [Admin], devices, settings);
        Cloud = await CloudProcess.StartAsync(new CloudOptions { Data = folder.At("data"), Bootstrap = bootstrap });
        Management = await ManagementClient.LogInAsync(Cloud.Http, Admin);
        foreach (var (purpose, token) in new[] { ("conduit", ConduitToken), ("api", ApiToken), ("device", DeviceToken) })
        {
            await Management.DoAsync(HttpMethod.Post, "users/admin/tokens", new JsonObject { ["purpose"] = purpose, ["token"] = token });
        }

        var user = new JsonObject
        {
            ["mqttUser"] = MqttUser,
            ["conduit"] = new JsonObject
            {
                ["http"] = true,
                ["mqtt"] = true,
                ["webhook"] = true,
            },
        };
        await Management.DoAsync(HttpMethod.Patch, "users/admin", user);
        Http = new HttpClient { BaseAddress = Cloud.Http, Timeout = Poll.Patience };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiToken);
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        Management?.Dispose();
        if (Cloud is not null)
        {
            await Cloud.DisposeAsync();
            foreach (var token in new[] { ConduitToken, ApiToken, DeviceToken })
            {
                Assert.DoesNotContain(token, Cloud.Output.ToString(), StringComparison.Ordinal);
            }
        }

        folder.Dispose();
    }

    /// <summary>Sends a request that must succeed.</summary>
    internal async Task<string> SendAsync(HttpMethod method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode < 300, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text;
    }

    /// <summary>The twin of the device of this UUID or id.</summary>
    internal async Task<JsonObject> TwinAsync(string device) => (await Management.GetAsync($"devices/{device}"))!.AsObject();

    /// <summary>The twin of the device with this external id.</summary>
    internal async Task<JsonObject> FindAsync(string type, string value)
    {
        var page = await Management.GetAsync($"devices?externalId={Uri.EscapeDataString($"{type}:{value}")}");
        return Assert.Single(page!["items"]!.AsArray())!.AsObject();
    }

    /// <summary>Maps a device to a new ThingScale channel, unless it is mapped.</summary>
    /// <returns>The channel.</returns>
    internal async Task<int> MapAsync(JsonObject twin)
    {
        var name = NameIn(twin, "thingscale");
        if ((int?)twin["fragments"]?["thingscale"]?["mappedChannel"] is { } mapped)
        {
            return mapped;
        }

        var channel = Interlocked.Increment(ref channels);
        await SendAsync(HttpMethod.Post, $"/v2/channel/{channel}");
        await SendAsync(HttpMethod.Put, $"/v2/device/{name}", new JsonObject { ["mapped_ch"] = channel }.ToJsonString());
        return channel;
    }

    /// <summary>What a dialect calls the device: its external id of the type, else its id.</summary>
    internal static string NameIn(JsonObject twin, string type) =>
        (twin["externalIds"] as JsonArray)?.Where(id => (string)id!["type"]! == type).Select(id => (string)id!["value"]!).FirstOrDefault()
        ?? (string)twin["id"]!;

#if !ON_AZURE
    /// <summary>Publishes with mosquitto_pub.</summary>
    internal async Task PublishAsync(string user, string password, string topic, string payload) =>
        (await Mosquitto.PublishAsync(Cloud, user, password, topic, payload, "doors")).Succeeded();
#endif

    internal static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
