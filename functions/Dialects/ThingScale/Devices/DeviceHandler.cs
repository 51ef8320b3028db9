using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.ThingScale.Channels;
using Serverless.Dialects.ThingScale.Requests;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.ThingScale.Devices;

/// <summary>The Device service, /v2/device[/{device_id}]. Answers are arrays, of one device too.</summary>
/// <remarks>
/// [I] The bodies of PUT, and of POST where there is one, have any of description, enabled (or v1's enable), mapped_ch, device_type, location and
/// manufacturer; what only the cloud sets is ignored there, so that what was read can be
/// sent back. POST and PUT answer with the device, DELETE with 204. A device is deleted with its rows.
/// </remarks>
internal sealed class DeviceHandler(DeviceRegistry registry, DeviceDirectory devices, DeviceService service, ChannelDirectory channels)
{
    private const int PageSize = 100;

    private static readonly string[] Known =
    [
        "device_id",
        "description",
        "enable",
        "enabled",
        "mapped_ch",
        "device_type",
        "location",
        "manufacturer",
        "activate_at",
        "state",
    ];

    public async Task GetAsync(ThingScaleRequest request)
    {
        if (request.Id is not null)
        {
            var device = await registry.GetAsync(request.Tenant, request.Id, request.Cancellation);
            await WriteAsync(request, StatusCodes.Status200OK, device.Value);
            return;
        }

        using var answer = new StreamedAnswer(request.Http);
        answer.Writer.WriteStartArray();
        string? cursor = null;
        do
        {
            (var page, cursor) = await devices.ListAsync(request.Tenant, null, null, PageSize, cursor, request.Cancellation);
            foreach (var device in page)
            {
                DeviceView.Write(answer.Writer, device.Value, request.Times);
            }

            await answer.FlushAsync();
        } while (cursor is not null);

        answer.Writer.WriteEndArray();
        await answer.EndAsync();
    }

    public async Task PostAsync(ThingScaleRequest request)
    {
        DeviceRegistry.Check(request.Id);
        var body = await request.ReadOptionalBodyAsync();
        var change = await ReadAsync(request, body);
        var device = await registry.CreateAsync(request.Tenant, request.Id, request.Cancellation);
        await WriteAsync(
            request,
            StatusCodes.Status201Created,
            body.Count == 0 ? device.Value : await ChangeAsync(request, device.Value.Id, change)
        );
    }

    public async Task PutAsync(ThingScaleRequest request)
    {
        var device = await registry.GetAsync(request.Tenant, request.Id, request.Cancellation);
        var change = await ReadAsync(request, await request.ReadBodyAsync());
        await WriteAsync(request, StatusCodes.Status200OK, await ChangeAsync(request, device.Value.Id, change));
    }

    public async Task DeleteAsync(ThingScaleRequest request)
    {
        var device = await registry.GetAsync(request.Tenant, request.Id, request.Cancellation);
        await service.DeleteAsync(request.Tenant, device.Value.Id, null, request.Cancellation);
        await request.WriteNoContentAsync();
    }

    /// <summary>What a body changes. It is checked here, whole, before anything is changed.</summary>
    private async Task<Func<DeviceTwin, DeviceTwin>> ReadAsync(ThingScaleRequest request, JsonObject body)
    {
        Members.CheckNames(body, Known);
        if (Members.Channel(body, "mapped_ch", null) is { } channel)
        {
            await channels.GetAsync(request.Tenant, channel, null, request.Cancellation);
        }

        // Read once more from here on, for a device that another request changes at this moment.
        Func<DeviceTwin, DeviceTwin> change = twin => Changed(twin, body);
        change(Nobody);
        return change;
    }

    private static DeviceTwin Nobody { get; } =
        new()
        {
            Id = "0",
            Uuid = Guid.Empty,
            Name = "nobody",
            Created = default,
            Updated = default,
        };

    private static DeviceTwin Changed(DeviceTwin twin, JsonObject body)
    {
        var fragment = ThingScaleFragment.Of(twin);
        var changed = fragment with
        {
            Description = Members.Text(body, "description", fragment.Description),
            Location = Members.Text(body, "location", fragment.Location),
            Manufacturer = Members.Text(body, "manufacturer", fragment.Manufacturer),
            MappedChannel = Members.Channel(body, "mapped_ch", fragment.MappedChannel),
        };
        return changed.On(
            twin with
            {
                Enabled = Members.Flag(body, "enabled", Members.Flag(body, "enable", twin.Enabled)),
                Type = Members.Text(body, "device_type", twin.Type),
            }
        );
    }

    private async Task<DeviceTwin> ChangeAsync(ThingScaleRequest request, string id, Func<DeviceTwin, DeviceTwin> change) =>
        (await service.UpdateAsync(request.Tenant, id, change, null, request.Cancellation)).Value;

    private static Task WriteAsync(ThingScaleRequest request, int status, DeviceTwin twin) =>
        request.WriteAsync(
            status,
            writer =>
            {
                writer.WriteStartArray();
                DeviceView.Write(writer, twin, request.Times);
                writer.WriteEndArray();
            }
        );
}
