using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Benchmarks.Cloud;
using Serverless.Benchmarks.Mqtt;

namespace Serverless.Benchmarks.Realtime;

/// <summary>
/// From a write to a subscriber's socket: the published executable as a process, real WebSockets that speak Bayeux. First one write at a time, then as many as two cores take, for few and for many
/// subscribers. The clients run on the same machine.
/// </summary>
public static class RealtimeBenchmark
{
    private const string User = "admin";
    private const string Password = "correct horse battery";
    private const string Json = "application/json";
    private const int Single = 300;
    private const int Writers = 8;
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(TextWriter output)
    {
        using var folder = new ScratchFolder();
        var executable = await CloudUnderTest.PublishAsync(Path.Combine(folder.Path, "app"));
        var device = new BenchmarkDevice(0);
        var bootstrap = Path.Combine(folder.Path, "bootstrap.json");
        await File.WriteAllTextAsync(bootstrap, Declare(device));
        using var cloud = await CloudUnderTest.StartAsync(executable, Path.Combine(folder.Path, "data"), bootstrap);
        using var http = new HttpClient { BaseAddress = new Uri(cloud.Http) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Token(User));
        http.DefaultRequestHeaders.Accept.ParseAdd("application/json");

        await OneByOneAsync(output, cloud, http, device);
        await UnderLoadAsync(output, cloud, http, subscribers: 10, devices: 1);
        await UnderLoadAsync(output, cloud, http, subscribers: 100, devices: 10);
        await UnderLoadAsync(output, cloud, http, subscribers: 1000, devices: 1000);
    }

    private static async Task OneByOneAsync(TextWriter output, CloudUnderTest cloud, HttpClient http, BenchmarkDevice device)
    {
        var id = await CreateAsync(http, "one");
        var twin = await http.GetStringAsync(new Uri($"/api/v1/devices/{id}", UriKind.Relative));
        var uuid = (string)JsonNode.Parse(twin)!["uuid"]!;
        string Body(string type) =>
            $$"""{"source":{"id":"{{id}}"},"type":"{{type}}","text":"b","severity":"MINOR","time":"{{DateTimeOffset.UtcNow:O}}","b":{"s":{{Stopwatch.GetTimestamp()}} } }""";
        await device.ConnectAsync(cloud.MqttPort);
        (string Name, string Channel, Func<Task> Write)[] doors =
        [
            ("Cumulocity's measurements", "measurements", () => WriteAsync(http, id)),
            (
                "line protocol",
                "measurements",
                () => PostAsync(http, "/write?db=iot", "text/plain", $"b,uuid={uuid} s={Stopwatch.GetTimestamp()}")
            ),
            (
                "IoT Hub's MQTT",
                "measurements",
                () => device.PublishAsync(1, 1, Encoding.UTF8.GetBytes($$"""{"b":{"s":{{Stopwatch.GetTimestamp()}} } }"""))
            ),
            ("Cumulocity's events", "events", () => PostAsync(http, "/event/events", Json, Body("b"))),
            ("Cumulocity's alarms", "alarms", () => PostAsync(http, "/alarm/alarms", Json, Body($"{Guid.NewGuid():N}"))),
            (
                "Cumulocity's operations",
                "operations",
                () =>
                    PostAsync(
                        http,
                        "/devicecontrol/operations",
                        Json,
                        $$"""{"deviceId":"{{id}}","b":{"s":{{Stopwatch.GetTimestamp()}} } }"""
                    )
            ),
            (
                "/api/v1 commands",
                "operations",
                () =>
                    PostAsync(
                        http,
                        $"/api/v1/devices/{id}/commands",
                        Json,
                        $$"""{"name":"b","payload":{"b":{"s":{{Stopwatch.GetTimestamp()}} } } }"""
                    )
            ),
        ];
        foreach (var (name, channel, write) in doors)
        {
            await using var subscriber = await Subscriber.OpenAsync(cloud.Http, Token(User), $"/{channel}/*", "CREATE");
            for (var i = 0; i < Single; i++)
            {
                await write();
                await subscriber.ReceivedAsync(i + 1);
            }

            await output.WriteLineAsync($"{name} to WebSocket, one by one: {subscriber.Latencies(Single / 3)}");
        }

        device.Dispose();
    }

    private static async Task UnderLoadAsync(TextWriter output, CloudUnderTest cloud, HttpClient http, int subscribers, int devices)
    {
        var ids = new List<string>();
        for (var i = 0; i < devices; i++)
        {
            ids.Add(await CreateAsync(http, $"device {i}"));
        }

        var all = new List<Subscriber>();
        for (var i = 0; i < subscribers; i++)
        {
            all.Add(await Subscriber.OpenAsync(cloud.Http, Token(User), $"/measurements/{ids[i % devices]}"));
        }

        var watch = Stopwatch.StartNew();
        var written = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => WriteAllAsync(http, ids, writer, watch)));
        var expected = written.Sum(count => (long)count) * subscribers / devices;
        while (all.Sum(one => (long)one.Count) < expected && watch.Elapsed < Load * 4)
        {
            await Task.Delay(10);
        }

        var seconds = watch.Elapsed.TotalSeconds;
        await output.WriteLineAsync(
            $"{subscribers} subscribers of {devices} devices: {written.Sum() / seconds:N0} writes/s, {all.Sum(one => (long)one.Count) / seconds:N0} notifications/s of {expected / seconds:N0}; "
                + $"{Subscriber.Latencies(all)}; {cloud.WorkingSet / 1e6:F0} MB in use"
        );
        foreach (var one in all)
        {
            await one.DisposeAsync();
        }
    }

    private static async Task<int> WriteAllAsync(HttpClient http, List<string> ids, int writer, Stopwatch watch)
    {
        var written = 0;
        while (watch.Elapsed < Load)
        {
            await WriteAsync(http, ids[((written++ * Writers) + writer) % ids.Count]);
        }

        return written;
    }

    private static Task WriteAsync(HttpClient http, string device) =>
        PostAsync(
            http,
            "/measurement/measurements",
            Json,
            $$$"""{"source":{"id":"{{{device}}}"},"type":"b","time":"{{{DateTimeOffset.UtcNow:O}}}","b":{"s":{"value":{{{Stopwatch.GetTimestamp()}}} } } }"""
        );

    private static async Task PostAsync(HttpClient http, string path, string type, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, type);
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<string> CreateAsync(HttpClient http, string name)
    {
        using var content = new StringContent(
            $$"""{"name":"{{name}}","c8y_IsDevice":{},"com_cumulocity_model_Agent":{} }""",
            Encoding.UTF8,
            "application/json"
        );
        using var answer = await http.PostAsync(new Uri("/inventory/managedObjects", UriKind.Relative), content);
        answer.EnsureSuccessStatusCode();
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["id"]!;
    }

    private static string Token(string user) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"t1/{user}:{Password}"));

    private static string Declare(BenchmarkDevice device) =>
        JsonSerializer.Serialize(
            new
            {
                tenants = new[]
                {
                    new
                    {
                        id = "t1",
                        users = new[]
                        {
                            new
                            {
                                name = User,
                                password = Password,
                                roles = new[] { "admin" },
                            },
                        },
                        devices = new[]
                        {
                            new
                            {
                                uuid = Guid.NewGuid(),
                                name = device.HubId,
                                key = BenchmarkDevice.Key,
                                externalIds = new[] { new { type = "iothub", value = device.HubId } },
                            },
                        },
                    },
                },
            }
        );
}
