using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Mqtt.Calls;
using Serverless.Dialects.Cumulocity.Mqtt.Custom;
using Serverless.Dialects.Cumulocity.Mqtt.Devices;
using Serverless.Dialects.Cumulocity.Mqtt.Sessions;
using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Mqtt.Operations;

/// <summary>Sends one client the operations of its device and of those behind it: as rows of the static templates, of its own, and as JSON, each once on each topic in a session.</summary>
internal sealed class OperationPush(
    Caller caller,
    ClientTopics topics,
    IApiCalls api,
    DeviceDirectory devices,
    TemplateCollections collections,
    ChangeFeeds feeds,
    ChangeLog changes,
    ILogger logger
) : IAsyncDisposable
{
    private const int PageSize = 500;

    private readonly SemaphoreSlim pushing = new(1);
    private readonly Dictionary<string, HashSet<string>> sent = [];
    private readonly CancellationTokenSource ended = new();
    private CancellationTokenSource? following;
    private Task running = Task.CompletedTask;
    private volatile string? agent;

    /// <summary>The id of the agent's device, or null before it is known.</summary>
    public string? Agent => agent;

    /// <summary>From now on the new operations of this device, and of those behind it, go to the client.</summary>
    public async Task AttachAsync(string device, CancellationToken cancellation)
    {
        if (agent == device)
        {
            return;
        }

        await StopAsync();
        following = CancellationTokenSource.CreateLinkedTokenSource(ended.Token);
        var waiter = await feeds.Of(caller.Tenant).EnterAsync([ChannelOf(device)], cancellation);
        running = FollowAsync(waiter, await changes.GetLastAsync(caller.Tenant, cancellation), device, following.Token);
        agent = device;
    }

    /// <summary>Sends what is pending, but nothing for a second time.</summary>
    /// <param name="topic">Only there, or null for every topic that the client has subscribed to.</param>
    /// <param name="cancellation">Cancels it.</param>
    public async Task PushPendingAsync(string? topic, CancellationToken cancellation)
    {
        if (agent is not { } device)
        {
            return;
        }

        var before = sent.Values.SelectMany(ids => ids).ToHashSet();
        for (var page = 1; ; page++)
        {
            var path = $"/devicecontrol/operations?agentId={device}&status=PENDING&pageSize={PageSize}&currentPage={page}";
            var found = await api.CallAsync(caller, new ApiCall("GET", path), cancellation);
            var operations = found?["operations"]?.AsArray() ?? [];
            foreach (var operation in operations.OfType<JsonObject>())
            {
                before.Remove((string?)operation["id"] ?? "");
                await PushAsync(operation, topic, cancellation);
            }

            if (operations.Count < PageSize)
            {
                break;
            }
        }

        // What is pending no more is not sent again in any case.
        await pushing.WaitAsync(cancellation);
        foreach (var ids in sent.Values)
        {
            ids.ExceptWith(before);
        }

        pushing.Release();
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await StopAsync();
        ended.Dispose();
        pushing.Dispose();
    }

    private async Task StopAsync()
    {
        if (following is not null)
        {
            await following.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            following.Dispose();
            following = null;
        }
    }

    private async Task FollowAsync(FeedWaiter waiter, long after, string device, CancellationToken cancellation)
    {
        using (waiter)
        {
            var channel = ChannelOf(device);
            while (!cancellation.IsCancellationRequested)
            {
                try
                {
                    waiter.Reset();
                    var items = await feeds.Of(caller.Tenant).ReadAfterAsync(after, 0, cancellation);
                    foreach (var item in items)
                    {
                        after = item.Change.Sequence;
                        if (item.Deliveries.Any(delivery => delivery.Channel == channel) && (string?)item.Change.Body["id"] is { } id)
                        {
                            await TakeAsync(id, cancellation);
                        }
                    }

                    if (items.Count == 0)
                    {
                        await waiter.Next.WaitAsync(cancellation);
                    }
                }
                catch (StoreUnavailableException away)
                {
                    // The client comes back and asks for what is pending.
                    topics.Close(away.Message);
                    return;
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    CumulocityTopicLog.NotPushed(logger, caller.Tenant, failure);
                }
            }
        }
    }

    /// <summary>Realtime's channel of an agent's new operations.</summary>
    private static string ChannelOf(string device) => $"/{device}";

    private async Task TakeAsync(string id, CancellationToken cancellation)
    {
        try
        {
            var operation = await api.CallAsync(caller, new ApiCall("GET", $"/devicecontrol/operations/{id}"), cancellation);
            if (operation is JsonObject found && (string?)found["status"] == "PENDING")
            {
                await PushAsync(found, null, cancellation);
            }
        }
        catch (CumulocityException gone) when (gone.Status == 404)
        {
            // It was deleted at this moment, or is told of but not stored.
        }
    }

    private async Task PushAsync(JsonObject operation, string? only, CancellationToken cancellation)
    {
        if ((string?)operation["id"] is not { } id || (string?)operation["deviceId"] is not { } deviceId)
        {
            return;
        }

        await pushing.WaitAsync(cancellation);
        try
        {
            var device = (await devices.FindAsync(caller.Tenant, deviceId, cancellation))?.Value;
            var serial = device?.NameIn(MqttDevices.Serial) ?? deviceId;
            foreach (var topic in (await TopicsAsync(cancellation)).Where(topic => only is null || topic == only))
            {
                if (sent.TryGetValue(topic, out var ids) && ids.Contains(id))
                {
                    continue;
                }

                var payload = topic switch
                {
                    ClientTopics.Notifications => Notification(operation, device, serial),
                    ClientTopics.Static => Rows(
                        DownRows.Of(operation, serial, device?.Fragments.ContainsKey("c8y_SupportedSoftwareTypes") == true)
                    ),
                    _ => Rows(await CustomRowsAsync(topic, operation, serial, cancellation)),
                };
                if (payload.Length > 0)
                {
                    (sent.TryGetValue(topic, out var known) ? known : sent[topic] = []).Add(id);
                    topics.Publish(topic, payload);
                }
            }
        }
        finally
        {
            pushing.Release();
        }
    }

    private async Task<IEnumerable<string>> TopicsAsync(CancellationToken cancellation)
    {
        var named = topics.OfOperations();
        return topics.HasEveryCollection
            ? named.Union(
                (await collections.ListNamesAsync(caller.Tenant, cancellation)).Select(collection => ClientTopics.Custom + collection)
            )
            : named;
    }

    private async Task<IReadOnlyList<string>> CustomRowsAsync(
        string topic,
        JsonObject operation,
        string serial,
        CancellationToken cancellation
    ) =>
        topics.CollectionOf(topic) is { } name && await collections.FindAsync(caller.Tenant, name, cancellation) is { } collection
            ? collection.Responses.SelectMany(response => response.Rows(operation, serial)).ToList()
            : [];

    /// <summary>An operation as JSON via MQTT has it (reference 4): with the agent, how far it is delivered, and what the client calls the device.</summary>
    private string Notification(JsonObject operation, DeviceTwin? device, string serial)
    {
        var told = operation.DeepClone().AsObject();
        told.Remove("self");
        told["agentId"] = agent;
        told["delivery"] = new JsonObject
        {
            ["log"] = new JsonArray(),
            ["status"] = "PENDING",
            ["time"] = operation["creationTime"]?.DeepClone(),
        };
        if (device?.ExternalIds.Any(external => external.Type == MqttDevices.Serial) == true)
        {
            told["externalSource"] = new JsonObject { ["externalId"] = serial, ["type"] = MqttDevices.Serial };
        }

        return told.ToJsonString(JsonTexts.Options);
    }

    private static string Rows(IReadOnlyList<string> rows) => string.Join('\n', rows);
}

/// <summary>JSON as it is sent to devices.</summary>
internal static class JsonTexts
{
    public static readonly System.Text.Json.JsonSerializerOptions Options = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = JsonTypes.Default,
    };

    public static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
