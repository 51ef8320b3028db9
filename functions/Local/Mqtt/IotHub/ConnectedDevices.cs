using System.Collections.Concurrent;

namespace Serverless.Local.Mqtt.IotHub;

/// <summary>The sessions of the devices that are connected now.</summary>
internal sealed class ConnectedDevices(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, IotHubSession> sessions = new();

    // The newest cloud-to-device message that a persistent session has been sent: what comes up to it again is a duplicate.
    private readonly ConcurrentDictionary<string, long> sent = new();

    private readonly Lock gate = new();
    private readonly List<(string HubId, TaskCompletionSource Ready)> waiting = [];

    public int Count => sessions.Count;

    public IotHubSession? Find(string hubId) => sessions.GetValueOrDefault(hubId);

    public void Enter(IotHubSession session) => sessions[session.HubId] = session;

    public void Leave(IotHubSession session) => sessions.TryRemove(KeyValuePair.Create(session.HubId, session));

    /// <returns>Whether the message has been sent before.</returns>
    public bool NoteSent(string hubId, long sequence)
    {
        var before = sent.GetValueOrDefault(hubId);
        sent[hubId] = Math.Max(before, sequence);
        return sequence <= before;
    }

    /// <summary>The session of the device is a new one.</summary>
    public void ForgetSent(string hubId) => sent.TryRemove(hubId, out _);

    /// <summary>The device can be called now.</summary>
    public void TakesMethods(string hubId)
    {
        lock (gate)
        {
            foreach (var (_, ready) in waiting.Where(waiter => waiter.HubId == hubId))
            {
                ready.TrySetResult();
            }
        }
    }

    /// <returns>The session of a device that takes methods, or null where there is none within the time-out.</returns>
    public async Task<IotHubSession?> FindForMethodsAsync(string hubId, TimeSpan timeout, CancellationToken cancellation)
    {
        var waiter = (HubId: hubId, Ready: new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (gate)
        {
            waiting.Add(waiter);
        }

        try
        {
            // Looked for after the waiter is in its place: a device that comes in between is not missed.
            if (Find(hubId) is not { TakesMethods: true } && timeout > TimeSpan.Zero)
            {
                await waiter.Ready.Task.WaitAsync(timeout, time, cancellation);
            }
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            lock (gate)
            {
                waiting.Remove(waiter);
            }
        }

        return Find(hubId) is { TakesMethods: true } session ? session : null;
    }
}
