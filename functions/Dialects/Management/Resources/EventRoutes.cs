using Serverless.Dialects.Management.Routing;
using Serverless.Dialects.Management.Schemas;
using Serverless.Domain;
using Serverless.Domain.DeviceEvents;
using Serverless.Domain.Devices;
using Serverless.Domain.Time;
using static Serverless.Dialects.Management.Schemas.Schema;

namespace Serverless.Dialects.Management.Resources;

/// <summary>What has happened at devices, by whichever API it was told.</summary>
internal sealed class EventRoutes(DeviceDirectory devices, EventDirectory events)
{
    private static readonly IReadOnlyList<QueryParameter> Filters =
    [
        new("type", Text(1).Saying("Events of this type.")),
        new("from", Time().Saying("Events that happened at this time or later.")),
        new("to", Time().Saying("Events that happened before this time.")),
        new("order", OneOf("time", "-time").Default("-time").Saying("The oldest or the newest first.")),
        .. Pages.Parameters,
    ];

    public IEnumerable<ManagementRoute> All() =>
        [
            new("GET", "/events", "listEvents", Access.Reader, "List the events of all devices", ListAsync)
            {
                Query = [new QueryParameter("device", Text(1).Saying("Events of the device of this id or UUID.")), .. Filters],
                Response = Components.PageOf("DeviceEvent"),
            },
            new("GET", "/events/{id}", "getEvent", Access.Reader, "Read an event", GetAsync) { Response = "DeviceEvent", Tagged = true },
            new("GET", "/devices/{id}/events", "listDeviceEvents", Access.Reader, "List a device's events", ListOfDeviceAsync)
            {
                Query = Filters,
                Response = Components.PageOf("DeviceEvent"),
            },
        ];

    private async Task<Answer> ListAsync(ManagementRequest request)
    {
        // A device that is not there has no events.
        var device = request.Query.Text("device") is { } name ? (await devices.FindByNameAsync(request, name))?.Value.Id ?? "" : null;
        return await ReadAsync(request, device);
    }

    private async Task<Answer> ListOfDeviceAsync(ManagementRequest request) =>
        await ReadAsync(request, (await devices.GetAsync(request)).Value.Id);

    private async Task<Answer> GetAsync(ManagementRequest request)
    {
        var stored = await events.GetAsync(request.Tenant, request.Path("id"), request.Cancellation);
        return Answer.Ok(DeviceEventJson.ToObject(stored.Value), stored.ETag);
    }

    private Task<Answer> ReadAsync(ManagementRequest request, string? device)
    {
        var filter = new EventFilter
        {
            Sources = device is null ? null : [device],
            Type = request.Query.Text("type"),
            From = TimeOf(request, "from"),
            To = TimeOf(request, "to"),
        };
        var oldestFirst = request.Query.Text("order") == "time";
        return Pages.ReadAsync(
            request,
            (limit, cursor) => events.ListAsync(request.Tenant, filter, oldestFirst, limit, cursor, request.Cancellation),
            stored => DeviceEventJson.ToObject(stored.Value)
        );
    }

    private static DateTimeOffset? TimeOf(ManagementRequest request, string parameter) =>
        request.Query.Text(parameter) is not { } text ? null
        : Iso8601.TryParse(text, out var nanoseconds) ? DateTimeOffset.UnixEpoch.AddTicks((long)Math.Floor(nanoseconds / 100m))
        : throw DomainException.Invalid(parameter, "It is a time in ISO 8601.");
}
