using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Serverless.Dialects.Thingsee.Messages;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Thingsee.Topics;

/// <summary>A message on the stream.</summary>
internal sealed record StreamMessage(string Topic, ReadOnlyMemory<byte> Payload);

/// <summary>Somebody who reads the stream.</summary>
internal interface IStreamReader
{
    /// <summary>Takes a message; it must not wait for the client.</summary>
    void Offer(StreamMessage message);
}

/// <summary>
/// One tenant's stream of kept Thingsee messages: one reader of the change log for all who subscribe. While there is one, the stream is registered as a listener, for messages are logged only where
/// somebody listens. It is at least once: where the store goes away in between, a message may come twice.
/// </summary>
internal sealed partial class ThingseeStream(
    string tenant,
    ChangeLog changes,
    Listeners listeners,
    DeviceDirectory devices,
    TimeProvider time,
    ILogger logger
) : IAsyncDisposable
{
    private const int PageSize = 200;
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly string listener = $"thingsee-{Guid.NewGuid():N}";
    private readonly SemaphoreSlim gate = new(1);
    private volatile IStreamReader[] readers = [];
    private CancellationTokenSource? ending;
    private Task reading = Task.CompletedTask;

    /// <summary>Lets a reader in: it gets every message that is taken from now on.</summary>
    public async Task JoinAsync(IStreamReader reader, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            if (ending is null)
            {
                await RegisterAsync(cancellation);
                var last = await changes.GetLastAsync(tenant, cancellation);
                ending = new CancellationTokenSource();
                reading = ReadAsync(last, ending.Token);
            }

            readers = [.. readers, reader];
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Lets a reader go; with the last one the stream ends.</summary>
    public async Task LeaveAsync(IStreamReader reader)
    {
        await gate.WaitAsync();
        try
        {
            readers = [.. readers.Where(other => other != reader)];
            if (readers.Length > 0 || ending is null)
            {
                return;
            }

            await ending.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ending.Dispose();
            ending = null;
            await listeners.EndAsync(tenant, listener, CancellationToken.None);
        }
        catch (Domain.Documents.StoreUnavailableException)
        {
            // Its lease ends by itself.
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (ending is not null)
        {
            await ending.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ending.Dispose();
        }

        gate.Dispose();
    }

    private Task RegisterAsync(CancellationToken cancellation) =>
        listeners.ListenAsync(tenant, listener, TelemetryPipeline.MessageChangeKind, null, cancellation);

    private async Task ReadAsync(long after, CancellationToken cancellation)
    {
        var registered = time.GetUtcNow();
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                if (time.GetUtcNow() - registered >= Listeners.Lease / 2)
                {
                    await RegisterAsync(cancellation);
                    registered = time.GetUtcNow();
                }

                foreach (var change in await changes.WaitAsync(tenant, after, PageSize, Wait, cancellation))
                {
                    await OfferAsync(change, cancellation);
                    after = change.Sequence;
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                Interrupted(tenant, failure);
                await Task.Delay(Pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async ValueTask OfferAsync(LoggedChange change, CancellationToken cancellation)
    {
        if (
            change.Kind != TelemetryPipeline.MessageChangeKind
            || ThingseeNames.IdOf((string?)change.Body["form"] ?? "") is not { } id
            || await devices.FindAsync(tenant, change.Source, cancellation) is not { } thing
            || GroupIds.TopicOf(thing.Value.GroupId(), thing.Value.Tuid(), id) is not { } topic
            || PayloadOf((string?)change.Body["text"] ?? "", thing.Value) is not { } payload
        )
        {
            return;
        }

        foreach (var reader in readers)
        {
            reader.Offer(new StreamMessage(topic, payload));
        }
    }

    /// <summary>The message as it was sent, one object and no array, with the group that its thing is in.</summary>
    private static byte[]? PayloadOf(string text, DeviceTwin thing)
    {
        try
        {
            if (JsonNode.Parse(text) is JsonObject message)
            {
                message["deploymentGroupId"] = thing.GroupId();
                return JsonSerializer.SerializeToUtf8Bytes(message, Relaxed);
            }
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException)
        {
            // Somebody has written it as a point, past the decoder.
        }

        return null;
    }

    private static readonly JsonSerializerOptions Relaxed = new(JsonSerializerOptions.Default)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [LoggerMessage(60, LogLevel.Warning, "The Thingsee stream of tenant {Tenant} was interrupted; it goes on where it was")]
    private partial void Interrupted(string tenant, Exception failure);
}
