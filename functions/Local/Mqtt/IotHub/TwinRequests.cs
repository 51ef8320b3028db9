using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Mqtt.Server;

namespace Serverless.Local.Mqtt.IotHub;

/// <summary>Answers one device's twin requests, one after another in the order in which they came.</summary>
internal sealed class TwinRequests(string hubId, IHubBackend backend, TimeProvider time, ILogger logger)
{
    private readonly record struct Response(string Topic, byte[] Body);

    // Twice the same name would fail later, where nobody can say what is wrong.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private Task last = Task.CompletedTask;

    /// <param name="topic">The request.</param>
    /// <param name="body">Its payload.</param>
    /// <param name="respond">Takes the answer's topic and body.</param>
    /// <param name="cancellation">The connection's end.</param>
    public Task AnswerAsync(HubTopic topic, ReadOnlyMemory<byte> body, Action<MqttMessage> respond, CancellationToken cancellation) =>
        last = AnswerAfterAsync(last, topic, body, respond, cancellation);

    private async Task AnswerAfterAsync(
        Task earlier,
        HubTopic topic,
        ReadOnlyMemory<byte> body,
        Action<MqttMessage> respond,
        CancellationToken cancellation
    )
    {
        await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Response response;
        try
        {
            response =
                topic.Kind == HubTopicKind.GetTwin
                    ? await GetAsync(topic.Rest, cancellation)
                    // What the device has reported counts although it leaves at once.
                    : await PatchAsync(topic.Rest, body, CancellationToken.None);
        }
        catch (HubRequestException exception)
        {
            response = Error(exception.Status, topic.Rest, exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            MqttLog.RequestFailed(logger, hubId, exception);
            response = Error(500, topic.Rest, "The request failed.");
        }

        respond(new MqttMessage(response.Topic, response.Body, MqttQos.AtMostOnce));
    }

    private async Task<Response> GetAsync(string requestId, CancellationToken cancellation)
    {
        var twin = await backend.GetTwinAsync(hubId, cancellation) ?? throw new HubRequestException(404, "The device is not known.");
        var body = new JsonObject
        {
            ["desired"] = WithVersion(twin.Desired, twin.DesiredVersion),
            ["reported"] = WithVersion(twin.Reported, twin.ReportedVersion),
        };
        return new Response(HubTopics.TwinResponse(200, requestId), Encoding.UTF8.GetBytes(body.ToJsonString()));
    }

    private async Task<Response> PatchAsync(string requestId, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var version = await backend.PatchReportedAsync(hubId, ParsePatch(body.Span), cancellation);
        return new Response(HubTopics.TwinResponse(204, requestId, version), []);
    }

    /// <summary>The properties with their version as the last member, as devices get them.</summary>
    public static JsonObject WithVersion(JsonObject properties, long version)
    {
        var copy = (JsonObject)properties.DeepClone();
        copy["$version"] = version;
        return copy;
    }

    private static JsonObject ParsePatch(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonNode.Parse(body, documentOptions: Strict) as JsonObject
                ?? throw new HubRequestException(400, "The patch is not a JSON object.");
        }
        catch (JsonException)
        {
            throw new HubRequestException(400, "The patch is not valid JSON.");
        }
    }

    /// <summary>The Node SDK looks at the body and not at the status, so that the error stands in both.</summary>
    private Response Error(int status, string requestId, string message)
    {
        var body = new JsonObject
        {
            ["errorCode"] = status * 1000,
            ["trackingId"] = Guid.NewGuid().ToString("N"),
            ["message"] = message,
            ["timestampUtc"] = time.GetUtcNow().ToString("O"),
        };
        return new Response(HubTopics.TwinResponse(status, requestId), Encoding.UTF8.GetBytes(body.ToJsonString()));
    }
}
