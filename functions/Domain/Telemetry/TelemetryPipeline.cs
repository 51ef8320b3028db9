using System.Text.Json;
using Serverless.Domain.Changes;
using Serverless.Domain.Commands;
using Serverless.Domain.Documents;
using Serverless.Domain.Rules;
using Serverless.Domain.Series;
using Serverless.Domain.Tenants;

namespace Serverless.Domain.Telemetry;

/// <summary>
/// The one way in for what devices send: decode, resolve the device, and commit points, twins, log lines, changes and dead letters together. It is at least once: a
/// message may come again, and changes nothing then. What cannot be read goes to the dead letters; the rest of its batch goes on.
/// </summary>
public sealed class TelemetryPipeline(
    DeviceResolver resolver,
    HubEvents events,
    TelemetryWriter writer,
    ISeriesWriter series,
    Listeners listeners,
    DeadLetters deadLetters,
    RuleEngine rules,
    IReadOnlyList<IPayloadDecoder> decoders,
    IReadOnlyList<IMessageSplitter> splitters,
    Func<IReadOnlyList<IMessageHandler>>? handlers = null
) : ITelemetryIngest, IPointIngest
{
    /// <summary>The kind of the changes that readings make.</summary>
    public const string ChangeKind = "measurements";

    /// <summary>The kind of the changes that are messages as they were sent: {"device","time","form","text"}.</summary>
    public const string MessageChangeKind = "messages";

    /// <summary>A twin's last message is brought up to date in steps of this, so that telemetry alone seldom writes a twin.</summary>
    public static readonly TimeSpan LastMessageStep = TimeSpan.FromMinutes(1);

    public async Task IngestAsync(IReadOnlyList<DeviceMessage> messages, CancellationToken cancellation)
    {
        try
        {
            await TakeAsync(messages, cancellation);
        }
        catch (Exception failure) when (failure is not (StoreUnavailableException or OperationCanceledException))
        {
            // What nobody foresaw must neither hold up the other messages nor come back for ever: each goes alone, and the one that fails is a dead letter.
            if (messages.Count == 1)
            {
                await deadLetters.AddAsync(Partitions.System, [DeadLetters.Of(messages[0], failure.Message)], cancellation);
                return;
            }

            foreach (var message in messages)
            {
                await IngestAsync([message], cancellation);
            }
        }
    }

    public async Task WriteAsync(string tenant, IReadOnlyList<Point> points, DateTimeOffset received, CancellationToken cancellation)
    {
        var batch = new TelemetryBatch(0);
        foreach (var (uuid, own) in ByDevice(points))
        {
            if (await resolver.FindAsync(tenant, uuid, cancellation) is { Twin.Enabled: true } device)
            {
                Update(device, own, received, await rules.FindAsync(tenant, cancellation), batch);
                await GatherChangesAsync(device, own, batch, cancellation);
            }
        }

        // As they came: whoever read them into columns has grouped them for the store.
        await writer.CommitAsync(batch, [series.Prepare(tenant, Tenant.DeviceDatabase, points)], cancellation);
        TelemetryMetrics.Points.Add(points.Count);
    }

    /// <summary>The points that have the tag of a device. Points of a series mostly come one after the other, with one object for their tags.</summary>
    private static Dictionary<Guid, List<Point>> ByDevice(IReadOnlyList<Point> points)
    {
        var found = new Dictionary<Guid, List<Point>>();
        var (tags, own) = ((TagSet?)null, (List<Point>?)null);
        for (var i = 0; i < points.Count; i++)
        {
            var point = points[i];
            if (!ReferenceEquals(point.Tags, tags))
            {
                tags = point.Tags;
                own = null;
                if (Guid.TryParseExact(tags[Tenant.DeviceTag], "D", out var uuid) && !found.TryGetValue(uuid, out own))
                {
                    found[uuid] = own = [];
                }
            }

            own?.Add(point);
        }

        return found;
    }

    /// <summary>The messages, and in the place of each that holds several the several.</summary>
    private IEnumerable<DeviceMessage> Split(IReadOnlyList<DeviceMessage> messages)
    {
        foreach (var message in messages)
        {
            IReadOnlyList<DeviceMessage>? parts = null;
            for (var i = 0; i < splitters.Count && parts is null && message.Source == MessageSource.Telemetry; i++)
            {
                parts = splitters[i].Split(message);
            }

            foreach (var part in parts ?? [message])
            {
                yield return part;
            }
        }
    }

    private async Task TakeAsync(IReadOnlyList<DeviceMessage> messages, CancellationToken cancellation)
    {
        var batch = new TelemetryBatch(messages.Count);
        var readings = new Readings();
        foreach (var message in Split(messages))
        {
            if (message.Source != MessageSource.Telemetry)
            {
                if (await events.TakeAsync(message, cancellation) is var (of, why))
                {
                    TelemetryBatch.In(batch.DeadLetters, of).Add(DeadLetters.Of(message, why));
                }

                continue;
            }

            var (device, partition, reason) = message.Device is { } found
                ? (batch.DeviceOf(found, message.EnqueuedTime), found.Tenant, "")
                : await resolver.ResolveAsync(message.HubId, cancellation);
            if (device is null)
            {
                TelemetryBatch.In(batch.DeadLetters, partition).Add(DeadLetters.Of(message, reason));
                continue;
            }

            if (handlers?.Invoke().FirstOrDefault(handler => handler.Handles(message)) is { } handler)
            {
                if (await HandleAsync(handler, message, device, cancellation) is { } refusal)
                {
                    TelemetryBatch.In(batch.DeadLetters, partition).Add(DeadLetters.Of(message, refusal));
                }

                continue;
            }

            readings.Clear();
            if (Decode(message, device, readings) is { } failure)
            {
                TelemetryBatch.In(batch.DeadLetters, partition).Add(DeadLetters.Of(message, failure));
                continue;
            }

            try
            {
                var subject = readings.Subject is { } of ? await resolver.ResolveSubjectAsync(device, of, cancellation) : device;
                if (!subject.Twin.Enabled)
                {
                    throw new PayloadException("The device that the payload is of is disabled.");
                }

                var effects = EffectsOf(message);
                Gather(message, subject, readings, effects, await rules.FindAsync(subject.Tenant, cancellation), batch);
                if (effects.HasFlag(Effects.Tell))
                {
                    await GatherChangesAsync(message, subject, readings, batch, cancellation);
                }
            }
            catch (PayloadException unreadable)
            {
                TelemetryBatch.In(batch.DeadLetters, partition).Add(DeadLetters.Of(message, unreadable.Message));
            }
        }

        await writer.CommitAsync(
            batch,
            [.. batch.Points.Select(points => series.Prepare(points.Key, Tenant.DeviceDatabase, points.Value))],
            cancellation
        );
        TelemetryMetrics.Messages.Add(messages.Count);
        TelemetryMetrics.Points.Add(batch.Points.Values.Sum(points => points.Count));
    }

    /// <returns>Why the message was not done, or null where it was.</returns>
    private static async Task<string?> HandleAsync(
        IMessageHandler handler,
        DeviceMessage message,
        KnownDevice device,
        CancellationToken cancellation
    )
    {
        if (!device.Twin.Enabled)
        {
            return "The device is disabled.";
        }

        try
        {
            await handler.HandleAsync(device.Tenant, device.Twin, message, cancellation);
            return null;
        }
        catch (PayloadException refused)
        {
            return refused.Message;
        }
    }

    /// <returns>Why the message cannot be read, or null where it was.</returns>
    private string? Decode(DeviceMessage message, KnownDevice device, Readings readings)
    {
        if (!device.Twin.Enabled)
        {
            return "The device is disabled.";
        }

        try
        {
            PayloadTime.ToNanoseconds(message.EnqueuedTime);
            return decoders.Any(decoder => decoder.TryDecode(message, device.Twin, readings))
                ? null
                : "No decoder knows this form of payload.";
        }
        catch (PayloadException unreadable)
        {
            return unreadable.Message;
        }
        catch (JsonException broken)
        {
            return $"The payload is no well-formed JSON: {broken.Message}";
        }
        catch (InvalidOperationException broken)
        {
            // The JSON reader's word for a string that is no well-formed UTF-8 or UTF-16.
            return $"The payload is no well-formed JSON: {broken.Message}";
        }
    }

    private static Effects EffectsOf(DeviceMessage message) =>
        EffectsText.Find(message.Properties.GetValueOrDefault(DeviceMessage.ModeProperty))
        ?? throw new PayloadException("The mode of a message is persistent, transient, quiescent or cep.");

    private static void Gather(
        DeviceMessage message,
        KnownDevice device,
        Readings readings,
        Effects effects,
        RuleIndex? watched,
        TelemetryBatch batch
    )
    {
        var enqueued = PayloadTime.ToNanoseconds(message.EnqueuedTime);
        var twin = device.Twin;
        var stores = effects.HasFlag(Effects.Store);
        var isDue = message.IsHeartbeat && (twin.LastMessage is not { } last || message.EnqueuedTime - last >= LastMessageStep);
        if (isDue || (stores && readings.ChangesTwin))
        {
            var update = batch.TwinOf(device);
            update.TakeTime(message.EnqueuedTime, message.IsHeartbeat);
            if (stores)
            {
                update.Take(readings, message.EnqueuedTime);
            }
        }

        foreach (var echo in readings.Echoes)
        {
            batch.Echoes.Add((device.Tenant, twin.Id, echo));
        }

        if (CommandEchoes.Find(message.Properties, message.Body) is { } answer)
        {
            batch.Echoes.Add((device.Tenant, twin.Id, answer));
        }

        if (!stores)
        {
            return;
        }

        var points = batch.PointsOf(device.Tenant);
        foreach (var reading in readings.Values)
        {
            var point = new Point(reading.Measurement, device.Tags, reading.Field, reading.Time ?? enqueued, reading.Value);
            points.Add(point);
            var channel = device.Find(reading.Measurement, reading.Field);
            batch.Watch(watched, device, channel, point);
            if (!device.Knows(channel, reading))
            {
                var update = batch.TwinOf(device);
                update.TakeChannel(reading);
                update.TakeTime(message.EnqueuedTime, message.IsHeartbeat);
            }
        }

        foreach (var line in readings.Log)
        {
            TelemetryBatch.In(batch.Log, device.Tenant).Add(line with { Source = twin.Id });
        }
    }

    private static void Update(KnownDevice device, List<Point> points, DateTimeOffset received, RuleIndex? watched, TelemetryBatch batch)
    {
        var isDue = device.Twin.LastMessage is not { } last || received - last >= LastMessageStep;
        foreach (var point in points)
        {
            var channel = device.Find(point.Measurement, point.Field);
            batch.Watch(watched, device, channel, point);
            var reading = new Reading(point.Measurement, point.Field, point.Value);
            if (!device.Knows(channel, reading))
            {
                batch.TwinOf(device).TakeChannel(reading);
                isDue = true;
            }
        }

        if (isDue)
        {
            batch.TwinOf(device).TakeTime(received, isHeartbeat: true);
        }
    }

    private async ValueTask GatherChangesAsync(
        KnownDevice device,
        IEnumerable<Point> points,
        TelemetryBatch batch,
        CancellationToken cancellation
    )
    {
        if (!await listeners.AnyAsync(device.Tenant, ChangeKind, device.Twin.Id, cancellation))
        {
            return;
        }

        foreach (var group in points.GroupBy(point => point.Time))
        {
            var readings = group.Select(point => new Reading(point.Measurement, point.Field, point.Value, point.Time));
            var body = MeasurementChange.Of(device.Twin, group.Key, readings);
            TelemetryBatch.In(batch.Changes, device.Tenant).Add(new Change(ChangeKind, device.Twin.Id, "create", body));
        }
    }

    private async ValueTask GatherChangesAsync(
        DeviceMessage message,
        KnownDevice device,
        Readings readings,
        TelemetryBatch batch,
        CancellationToken cancellation
    )
    {
        if (readings.Values.Count == 0)
        {
            return;
        }

        var enqueued = PayloadTime.ToNanoseconds(message.EnqueuedTime);
        if (readings.Values.Any(IsMessage) && await listeners.AnyAsync(device.Tenant, MessageChangeKind, device.Twin.Id, cancellation))
        {
            foreach (var kept in readings.Values.Where(IsMessage))
            {
                var body = MeasurementChange.OfMessage(device.Twin, kept.Time ?? enqueued, kept);
                TelemetryBatch.In(batch.Changes, device.Tenant).Add(new Change(MessageChangeKind, device.Twin.Id, "create", body));
            }
        }

        if (!await listeners.AnyAsync(device.Tenant, ChangeKind, device.Twin.Id, cancellation))
        {
            return;
        }

        foreach (var group in readings.Values.GroupBy(reading => reading.Time ?? enqueued))
        {
            if (!readings.TellsMessage && group.All(IsMessage))
            {
                continue;
            }

            var body = MeasurementChange.Of(device.Twin, group.Key, group);
            TelemetryBatch.In(batch.Changes, device.Tenant).Add(new Change(ChangeKind, device.Twin.Id, "create", body));
        }
    }

    private static bool IsMessage(Reading reading) => reading.Measurement == Readings.MessageMeasurement;
}
