using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Http;
using Serverless.Dialects.ThingScale.Channels;
using Serverless.Dialects.ThingScale.Connectors;
using Serverless.Dialects.ThingScale.Devices;
using Serverless.Dialects.ThingScale.Requests;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.ThingScale.Streams;

/// <summary>
/// The Stream service, /v2/stream/{channel_id}: the rows of all devices that are mapped to a channel, merged by time (dev.thingscale.io, Stream service).
/// </summary>
/// <remarks>
/// <para>
/// [I] X-ENDTIME: last is the newest X-PAGELIMIT rows, of those since X-STARTTIME where that is a time, in the order of X-PAGESORT. A range is from
/// X-STARTTIME, or the beginning, to the end of the second X-ENDTIME. Aggregates are of each
/// numeric member; a range that is too long for one is refused.
/// </para>
/// <para>
/// [I] POST writes a row: its body is the JSON object, X-TAGNAME its tag, X-DEVICEID a device that is mapped to the channel. Without X-DEVICEID the row is of
/// the device stream-{channel_id}, which is made for it. The answer is 201 with the row.
/// </para>
/// </remarks>
internal sealed class StreamHandler(
    ChannelDirectory channels,
    ChannelDevices mapped,
    LastRows last,
    RowReader rows,
    DeviceRegistry registry,
    DeviceService service,
    ThingScaleIntake intake,
    MessageClock clock
)
{
    /// <summary>The most rows that an aggregate reads.</summary>
    public const int MostAggregated = 1_000_000;

    public async Task GetAsync(ThingScaleRequest request)
    {
        var number = ChannelHandler.NumberOf(request);
        var channel = (await channels.GetAsync(request.Tenant, number, null, request.Cancellation)).Value;
        var query = StreamQuery.Read(request);
        var devices = await mapped.ListAsync(request.Tenant, number, request.Cancellation);
        var updated = await last.FindAsync(request.Tenant, devices, null, request.Cancellation);
        using var answer = new StreamedAnswer(request.Http);
        var writer = answer.Writer;
        writer.WriteStartObject();
        writer.WriteNumber("channel", number);
        writer.WriteString("channel_name", channel.Name);
        writer.WriteString("last_update", updated is { } time ? request.Times.Basic(time) : request.Times.Basic(channel.Updated));
        if (query.Aggregate is { } kind)
        {
            await WriteAggregateAsync(request, writer, devices, query, kind);
        }
        else
        {
            await WriteRowsAsync(request, answer, devices, query);
        }

        writer.WriteEndObject();
        await answer.EndAsync();
    }

    public async Task PostAsync(ThingScaleRequest request)
    {
        var received = clock.Next();
        var number = ChannelHandler.NumberOf(request);
        await channels.GetAsync(request.Tenant, number, null, request.Cancellation);
        var payload = new Payload(
            await RequestBodies.ReadAsync(request.Http.Request, Payload.MostBytes, request.Cancellation),
            PayloadForm.Json,
            ChannelHandler.TagOf(request)
        );
        var row = payload.Check() is { } value ? value : throw ThingScaleError.BadJson.Refused();
        var device = await DeviceAsync(request, number);
        if (!device.Enabled)
        {
            throw ThingScaleError.DeviceDisabled.Refused();
        }

        if (ThingScaleFragment.Of(device).MappedChannel != number)
        {
            throw ThingScaleError.NoMappedChannel.Refused();
        }

        await intake.StoreAsync(device, payload, received, request.Cancellation);
        var written = new Row(device, PayloadTime.ToNanoseconds(received), payload.Tag, false, row);
        await request.WriteAsync(StatusCodes.Status201Created, writer => Write(request, writer, written));
    }

    private async Task<DeviceTwin> DeviceAsync(ThingScaleRequest request, int channel)
    {
        if (request.Header("X-DEVICEID") is { } id)
        {
            return (await registry.GetAsync(request.Tenant, id, request.Cancellation)).Value;
        }

        var name = $"stream-{channel}";
        if (await registry.FindAsync(request.Tenant, name, request.Cancellation) is { } known)
        {
            return known.Value;
        }

        var made = await registry.CreateAsync(request.Tenant, name, request.Cancellation);
        var stored = await service.UpdateAsync(
            request.Tenant,
            made.Value.Id,
            twin => (ThingScaleFragment.Of(twin) with { MappedChannel = channel }).On(twin),
            null,
            request.Cancellation
        );
        return stored.Value;
    }

    private async Task WriteAggregateAsync(
        ThingScaleRequest request,
        Utf8JsonWriter writer,
        IReadOnlyList<DeviceTwin> devices,
        StreamQuery query,
        AggregateKind kind
    )
    {
        var aggregate = new Aggregate(kind);
        var count = 0;
        if (await RangeAsync(request, devices, query) is var (from, to))
        {
            await foreach (var row in rows.ReadAsync(request.Tenant, devices, query.Tag, from, to, false, request.Cancellation))
            {
                if (++count > MostAggregated || !aggregate.TryAdd(row.Value))
                {
                    throw ThingScaleError.RangeTooLarge.Refused();
                }
            }
        }

        writer.WriteString("aggr_type", kind.ToString().ToLowerInvariant());
        writer.WriteStartArray("result");
        if (count > 0)
        {
            writer.WriteStartObject();
            writer.WriteNull("_id");
            writer.WritePropertyName("value");
            aggregate.Write(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private async Task WriteRowsAsync(
        ThingScaleRequest request,
        StreamedAnswer answer,
        IReadOnlyList<DeviceTwin> devices,
        StreamQuery query
    )
    {
        var writer = answer.Writer;
        writer.WriteStartArray("stream");
        var (written, more) = (0, false);
        if (await PageAsync(request, devices, query) is var (from, to, skip, descending))
        {
            var limit = query.ToNs is null ? query.Limit : StreamQuery.MostRows;
            await foreach (var row in rows.ReadAsync(request.Tenant, devices, query.Tag, from, to, descending, request.Cancellation))
            {
                if (skip-- > 0)
                {
                    continue;
                }

                if (written == limit)
                {
                    more = query.ToNs is not null;
                    break;
                }

                Write(request, writer, row);
                written++;
                await answer.FlushAsync();
            }
        }

        writer.WriteEndArray();
        if (more)
        {
            writer.WriteBoolean("truncated", true);
        }
    }

    /// <summary>Where to begin so that the rows asked for come in the order asked for, of which none is held back; null where there are none.</summary>
    private async Task<(long From, long To, int Skip, bool Descending)?> PageAsync(
        ThingScaleRequest request,
        IReadOnlyList<DeviceTwin> devices,
        StreamQuery query
    )
    {
        if (query.ToNs is not null)
        {
            return await RangeAsync(request, devices, query) is var (start, end) ? (start, end, 0, query.Descending) : null;
        }

        var from = query.FromNs ?? long.MinValue;
        if (query.Descending || query.Limit == 1)
        {
            return (from, long.MaxValue, 0, true);
        }

        // The newest, oldest first: find where they begin. Of rows of that time those before the page are passed over.
        var (count, skip, first) = (0, 0, from);
        await foreach (var row in rows.ReadAsync(request.Tenant, devices, query.Tag, from, long.MaxValue, true, request.Cancellation))
        {
            if (count < query.Limit)
            {
                (count, first) = (count + 1, row.Time);
            }
            else if (row.Time == first)
            {
                skip++;
            }
            else
            {
                break;
            }
        }

        return count == 0 ? null : (first, long.MaxValue, skip, false);
    }

    private async Task<(long From, long To)?> RangeAsync(ThingScaleRequest request, IReadOnlyList<DeviceTwin> devices, StreamQuery query)
    {
        var from = query.FromLast
            ? await last.FindAsync(request.Tenant, devices, query.Tag, request.Cancellation)
            : query.FromNs ?? long.MinValue;
        return from is { } start ? (start, query.ToNs ?? long.MaxValue) : null;
    }

    private static void Write(ThingScaleRequest request, Utf8JsonWriter writer, Row row)
    {
        writer.WriteStartObject();
        writer.WriteString("_id", row.Id);
        if (row.IsVersion1 && request.Account.Settings.ThingScale.FlatRows && row.Value.ValueKind == JsonValueKind.Object)
        {
            foreach (var name in Version1Values.Members)
            {
                writer.WritePropertyName(name);
                if (row.Value.TryGetProperty(name, out var value))
                {
                    value.WriteTo(writer);
                }
                else
                {
                    writer.WriteNullValue();
                }
            }
        }
        else
        {
            writer.WriteString("tag", row.Tag);
            writer.WritePropertyName("value");
            row.Value.WriteTo(writer);
        }

        writer.WriteString("at", request.Times.Basic(row.Time));
        writer.WriteEndObject();
    }
}
