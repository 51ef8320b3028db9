using Microsoft.Extensions.Logging;
using Serverless.Domain.Webhooks;

namespace Serverless.Local.Deliveries;

/// <summary>
/// The queue of deliveries in the process: a heap by the time when they are due, and behind it a lane for each webhook, so that an endpoint that hangs keeps its own deliveries waiting and no others.
/// What it holds is lost with the process; <see cref="DeliveryNudges"/> finds it again.
/// </summary>
public sealed partial class DeliveryScheduler(
    DeliverySender sender,
    WebhookOptions options,
    TimeProvider time,
    ILogger<DeliveryScheduler> logger
) : IDeliveryQueue
{
    // How long a delivery waits after an error that is not its endpoint's.
    private static readonly TimeSpan ErrorPause = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly PriorityQueue<DeliveryRef, DateTimeOffset> waiting = new();
    private readonly Dictionary<DeliveryRef, DateTimeOffset> scheduled = [];
    private readonly Dictionary<(string Tenant, string Webhook), Lane> lanes = [];
    private TaskCompletionSource changed = NewSignal();
    private int underWay;

    /// <summary>How many deliveries wait or are under way.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return scheduled.Count + underWay;
            }
        }
    }

    public Task EnqueueAsync(DeliveryRef delivery, DateTimeOffset due, CancellationToken cancellation)
    {
        lock (gate)
        {
            // One that waits already comes once, at the earlier of both times.
            if (!scheduled.TryGetValue(delivery, out var known) || due < known)
            {
                scheduled[delivery] = due;
                waiting.Enqueue(delivery, due);
                changed.TrySetResult();
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>Brings deliveries to the sender until cancelled; returns when the last request has ended. Run one at a time.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            Task signal;
            TimeSpan pause;
            lock (gate)
            {
                changed = NewSignal();
                signal = changed.Task;
                pause = StartDue(cancellation);
            }

            try
            {
                await signal.WaitAsync(pause, time, cancellation);
            }
            catch (Exception over) when (over is TimeoutException or OperationCanceledException)
            {
                // Something is due, or the process ends.
            }
        }

        await IdleAsync();
    }

    private async Task IdleAsync()
    {
        while (true)
        {
            Task[] running;
            lock (gate)
            {
                running = [.. lanes.Values.SelectMany(lane => lane.Running)];
            }

            if (running.Length == 0)
            {
                return;
            }

            await Task.WhenAny(running);
        }
    }

    /// <returns>How long until the next one is due.</returns>
    private TimeSpan StartDue(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        while (waiting.TryPeek(out var delivery, out var due))
        {
            if (due > now)
            {
                return due - now;
            }

            waiting.Dequeue();
            if (scheduled.TryGetValue(delivery, out var current) && current == due)
            {
                scheduled.Remove(delivery);
                underWay++;
                var lane = LaneOf(delivery);
                lane.Due.Enqueue(delivery);
                Pump(lane, cancellation);
            }
        }

        return Timeout.InfiniteTimeSpan;
    }

    private Lane LaneOf(DeliveryRef delivery)
    {
        var key = (delivery.Tenant, delivery.Webhook);
        return lanes.TryGetValue(key, out var lane) ? lane : lanes[key] = new Lane(key);
    }

    private void Pump(Lane lane, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested && lane.Running.Count < options.Concurrency && lane.Due.TryDequeue(out var delivery))
        {
            Task? task = null;
            var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            task = RunAsync(start.Task, delivery, () => Ended(lane, task!, cancellation), cancellation);
            lane.Running.Add(task);
            start.SetResult();
        }

        if (lane.Running.Count == 0 && lane.Due.Count == 0)
        {
            lanes.Remove(lane.Key);
        }
    }

    private void Ended(Lane lane, Task task, CancellationToken cancellation)
    {
        lock (gate)
        {
            underWay--;
            lane.Running.Remove(task);
            Pump(lane, cancellation);
        }
    }

    private async Task RunAsync(Task start, DeliveryRef delivery, Action ended, CancellationToken cancellation)
    {
        await start;
        try
        {
            if (await sender.SendAsync(delivery, cancellation) is { } again)
            {
                await EnqueueAsync(delivery, again, cancellation);
            }
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            Failed(failure, delivery.Id, delivery.Tenant);
            await EnqueueAsync(delivery, time.GetUtcNow() + ErrorPause, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The process ends; the delivery is in the store.
        }
        finally
        {
            ended();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(1, LogLevel.Error, "The delivery {Delivery} of tenant {Tenant} cannot be sent now; it is tried again")]
    private partial void Failed(Exception exception, string delivery, string tenant);

    private sealed class Lane((string Tenant, string Webhook) key)
    {
        public (string Tenant, string Webhook) Key => key;

        public Queue<DeliveryRef> Due { get; } = new();

        public HashSet<Task> Running { get; } = [];
    }
}
