using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Webhooks;

/// <summary>
/// The process is killed at random moments while events are on their way to endpoints that take them, fail, hang, are busy and are gone. What was acknowledged comes at least once, with the same
/// id on each attempt, and the log says what became of it.
/// </summary>
[Collection(WebhookCloudTests.Name)]
public sealed class KilledDeliveriesTests(ITestOutputHelper output) : IAsyncDisposable
{
    private const int Rounds = 20;
    private const int LongestRound = 400;
    private static readonly TestUser Admin = new("admin", "survives many kills", "admin");
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // What each endpoint answers to the attempts of a message; the last goes on. A request that is not answered counts as an attempt.
    private static readonly Dictionary<string, JsonArray> Plans = new()
    {
        ["/takes"] = new JsonArray(200),
        ["/fails"] = new JsonArray(500, 404, 302, 200),
        ["/hangs"] = new JsonArray("hang", 200),
        ["/busy"] = new JsonArray(429, 200),
        ["/refuses"] = new JsonArray(400),
        ["/gone"] = new JsonArray(410),
    };

    private static readonly string[] Taking = ["/takes", "/fails", "/hangs", "/busy"];

    private readonly ScratchFolder folder = new();
    private readonly ConcurrentDictionary<string, byte> made = new();
    private readonly Dictionary<string, string> hooks = [];
    private readonly Dictionary<string, string> secrets = [];
    private readonly List<Received> received = [];

    [Fact]
    public async Task Every_event_of_an_acknowledged_request_comes_after_20_kills()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var receiver = await WebhookReceiver.StartAsync(folder);
        var bootstrap = new TestBootstrap().Tenant("t1", [Admin]);
        var options = receiver.Allowed(
            new CloudOptions { Data = folder.At("data"), Bootstrap = bootstrap },
            "--webhooks-timeout",
            "1",
            "--webhooks-retries",
            string.Join(',', Enumerable.Repeat("0.3", 40))
        );
        foreach (var (path, statuses) in Plans)
        {
            await receiver.PlanAsync(path, new JsonObject { ["statuses"] = statuses.DeepClone(), ["retryAfter"] = 1 });
        }

        for (var round = 0; round < Rounds; round++)
        {
            await using var cloud = await CloudProcess.StartAsync(options);
            if (round == 0)
            {
                await RegisterAsync(cloud, receiver);
            }

            var before = made.Count;
            var making = MakeDevicesAsync(cloud, round);
            await Poll.UntilAsync("something is acknowledged", () => made.Count > before);
            await Task.Delay(random.Next(LongestRound));
            cloud.Kill();
            await making.WaitAsync(Poll.Patience);
            received.AddRange(receiver.All());
        }

        await using var last = await CloudProcess.StartAsync(options);
        using var management = await ManagementClient.LogInAsync(last.Http, Admin);
        await SettleAsync(management);
        received.AddRange(receiver.All());
        output.WriteLine($"{made.Count} devices acknowledged, {received.Count} requests received");
        await AssertLogAsync(management);
        AssertReceived();
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task RegisterAsync(CloudProcess cloud, WebhookReceiver receiver)
    {
        using var management = await ManagementClient.LogInAsync(cloud.Http, Admin);
        foreach (var path in Plans.Keys)
        {
            var hook = new JsonObject { ["url"] = receiver.UrlOf(path), ["types"] = new JsonArray("serverless.device.created") };
            var answer = (await management.DoAsync(HttpMethod.Post, "webhooks", hook))!;
            (hooks[path], secrets[path]) = ((string)answer["id"]!, (string)answer["secret"]!);
            await receiver.PlanAsync(path, new JsonObject { ["secrets"] = new JsonArray(secrets[path]) });
        }
    }

    /// <summary>Makes devices until the process is gone, and notes those that were answered: their events must come.</summary>
    private async Task MakeDevicesAsync(CloudProcess cloud, int round)
    {
        try
        {
            using var management = await ManagementClient.LogInAsync(cloud.Http, Admin);
            for (var i = 0; i < 5; i++)
            {
                var device = new JsonObject { ["name"] = $"Device {i} of round {round}" };
                made[(string)(await management.DoAsync(HttpMethod.Post, "devices", device))!["id"]!] = 0;
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            // No answer, no promise.
        }
    }

    private async Task SettleAsync(ManagementClient management)
    {
        foreach (var hook in hooks.Values)
        {
            await Poll.UntilAsync(
                "no delivery is pending any more",
                async () => (await DeliveriesAsync(management, hook, "?state=Pending&limit=1")).Count == 0,
                Patience
            );
        }
    }

    private async Task AssertLogAsync(ManagementClient management)
    {
        foreach (var (path, hook) in hooks)
        {
            var deliveries = await DeliveriesAsync(management, hook, "?limit=1000");
            var subjects = deliveries.Select(delivery => ((string)delivery!["eventSubject"]!)["devices/".Length..]).ToList();
            Assert.Equal(subjects.Count, subjects.Distinct().Count());
            if (path != "/gone")
            {
                Assert.Empty(made.Keys.Except(subjects));
            }

            foreach (var delivery in deliveries)
            {
                AssertTrue(path, delivery!);
            }
        }

        var gone = (await management.GetAsync($"webhooks/{hooks["/gone"]}"))!;
        Assert.Equal("Disabled", (string)gone["state"]!);
    }

    /// <summary>An attempt that the log says was answered was seen by the receiver; one that the receiver has seen stands in the log, answered or unknown.</summary>
    private void AssertTrue(string path, JsonNode delivery)
    {
        var id = (string)delivery["id"]!;
        var attempts = delivery["attempts"]!.AsArray();
        var seen = received.Where(request => request.Path == path && request.Id == id).ToList();
        Assert.Equal(Taking.Contains(path) ? "Delivered" : "DeadLetter", (string)delivery["state"]!);
        Assert.True(attempts.Count(attempt => attempt!["status"] is not null) <= seen.Count, $"{path} {id}: {delivery} of {seen.Count}");
        Assert.True(seen.Count <= attempts.Count, $"{path} {id}: {delivery} of {seen.Count}");
        if (Taking.Contains(path))
        {
            Assert.Equal(200, (int)attempts[^1]!["status"]!);
        }
    }

    private void AssertReceived()
    {
        foreach (var path in Taking.Append("/refuses"))
        {
            var subjects = received.Where(request => request.Path == path).ToLookup(request => (string)request.Body["data"]!["id"]!);
            Assert.Equal(made.Count, made.Keys.Count(subjects.Contains));
            Assert.All(subjects, device => Assert.Single(device.Select(request => (request.Id, request.EventId)).Distinct()));
        }

        Assert.All(received, request => Assert.True((bool)request.Verified[secrets[request.Path]]!));
    }

    private static async Task<JsonArray> DeliveriesAsync(ManagementClient management, string hook, string query) =>
        (await management.GetAsync($"webhooks/{hook}/deliveries{query}"))!["items"]!.AsArray();
}
