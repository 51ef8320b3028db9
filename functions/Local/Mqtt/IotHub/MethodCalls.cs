using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Mqtt.Server;

namespace Serverless.Local.Mqtt.IotHub;

/// <summary>The direct methods that one connection's device has not answered yet.</summary>
internal sealed class MethodCalls(string hubId, TimeProvider time)
{
    // Of all connections: a device may answer a call of its earlier connection, which must not be taken for the answer to another.
    private static int last = Random.Shared.Next();

    private readonly ConcurrentDictionary<string, TaskCompletionSource<MethodResult>> pending = new();

    public async Task<MethodResult> InvokeAsync(IMqttLink link, MethodCall call, CancellationToken cancellation)
    {
        var requestId = Interlocked.Increment(ref last).ToString("x");
        var answer = new TaskCompletionSource<MethodResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        pending[requestId] = answer;
        try
        {
            var body = Encoding.UTF8.GetBytes(call.Payload?.ToJsonString() ?? "null");
            var answered = answer.Task.WaitAsync(call.ResponseTimeout, time, cancellation);
            link.Publish(new MqttMessage(HubTopics.Method(call.Name, requestId), body, MqttQos.AtMostOnce));
            return await answered;
        }
        catch (TimeoutException)
        {
            throw new DeviceTimeoutException(hubId);
        }
        finally
        {
            pending.TryRemove(requestId, out _);
        }
    }

    /// <summary>The device answers; an answer that nobody waits for any more is dropped. A body that is not JSON is passed on as a string.</summary>
    public void Answer(string requestId, int status, ReadOnlySpan<byte> body)
    {
        if (pending.TryRemove(requestId, out var answer))
        {
            answer.TrySetResult(new MethodResult(status, Parse(body)));
        }
    }

    /// <summary>The connection has ended.</summary>
    public void Fail()
    {
        foreach (var (_, answer) in pending)
        {
            answer.TrySetException(new DeviceTimeoutException(hubId));
        }
    }

    private static JsonNode? Parse(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            return Encoding.UTF8.GetString(body);
        }
    }
}
