using System.Text.Json.Nodes;
using Serverless.Dialects.Thingsee.Messages;
using Serverless.Domain;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Thingsee.Resources;

/// <summary>things/{tuid}, what is known of it now, and things/{tuid}/messages, what it has sent.</summary>
internal sealed class ThingRoutes(Things things, MessageHistory messages)
{
    private const int MostMessages = 10_000;
    private const long NanosecondsPerSecond = 1_000_000_000;

    public IEnumerable<ThingseeRoute> All() =>
        [
            new ThingseeRoute("GET", "things/{name}", false, GetAsync),
            new ThingseeRoute("GET", "things/{name}/messages", false, ListMessagesAsync),
        ];

    /// <summary>
    /// The newest battery level, rounded to a whole number as the apps need it; when the thing was last heard of; where it is, by its newest message 1210, else by its twin; the gateway of its newest
    /// message that names one; its firmware. What is not known is null.
    /// </summary>
    private async Task<JsonNode> GetAsync(ThingseeRequest request)
    {
        var thing = await things.GetAsync(request);
        var last = await messages.LastAsync(request.Tenant, thing, request.Cancellation);
        var battery = await messages.LastAsync(request.Tenant, thing, "batl", request.Cancellation);
        var gateway = last.Select(newest => newest.Message["tsmGw"]).OfType<JsonValue>().FirstOrDefault();
        return new JsonObject
        {
            ["battery_level"] = battery is var (_, level) ? (long)Math.Round(level, MidpointRounding.AwayFromZero) : null,
            ["timestamp"] = last is [var (time, _), ..] ? time / NanosecondsPerSecond : thing.LastMessage?.ToUnixTimeSeconds(),
            ["location"] = await LocationAsync(request, thing),
            ["gateway_tuid"] = gateway?.DeepClone(),
            ["version"] = thing.Firmware,
        };
    }

    private async Task<JsonNode?> LocationAsync(ThingseeRequest request, DeviceTwin thing)
    {
        var latitude = await messages.LastAsync(request.Tenant, thing, "lat", request.Cancellation);
        var longitude = await messages.LastAsync(request.Tenant, thing, "lon", request.Cancellation);
        return (latitude, longitude) switch
        {
            ({ } lat, { } lon) => Place(lat.Value, lon.Value),
            _ when thing.Location is { } place => Place(place.Latitude, place.Longitude),
            _ => null,
        };
    }

    private static JsonObject Place(double latitude, double longitude) => new() { ["lat"] = latitude, ["lon"] = longitude };

    /// <summary>Messages newest first. limit is required, 1 to 10,000 [I]; messageid and eventid are lists; from and to are seconds since 1970, both included.</summary>
    private async Task<JsonNode> ListMessagesAsync(ThingseeRequest request)
    {
        var limit =
            request.Number("limit", 1, MostMessages)
            ?? throw DomainException.Invalid("limit", $"The parameter limit is required: a whole number from 1 to {MostMessages}.");
        var to = request.Time("to") ?? long.MaxValue;
        var filter = new MessageFilter(
            request.Numbers("messageid"),
            request.Numbers("eventid"),
            request.Time("from") ?? long.MinValue,
            to > long.MaxValue - NanosecondsPerSecond ? long.MaxValue : to + NanosecondsPerSecond
        );
        var thing = await things.GetAsync(request);
        var found = new JsonArray();
        await foreach (var message in messages.ReadAsync(request.Tenant, thing, filter, request.Cancellation))
        {
            found.Add(message);
            if (found.Count == limit)
            {
                break;
            }
        }

        return found;
    }
}
