using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Inventory.Objects;

/// <summary>What is known of one object beside its members: what it measures, and the user that it belongs to.</summary>
internal sealed class ObjectDetailRoutes(ManagedObjects objects, DeviceSeries series, DeviceService service) : ICumulocityRoutes
{
    private const string Path = "/inventory/managedObjects/{id}";

    public IEnumerable<CumulocityRoute> All() =>
        [
            new("GET", $"{Path}/supportedMeasurements", Permission.Read, MeasurementsAsync),
            new("GET", $"{Path}/supportedSeries", Permission.Read, SeriesAsync),
            new("GET", $"{Path}/user", Permission.Read, UserAsync),
            new("PUT", $"{Path}/user", Permission.Write, SetUserAsync),
        ];

    private async Task<CumulocityAnswer> MeasurementsAsync(CumulocityRequest request)
    {
        var names = (await ChannelsAsync(request)).Select(channel => channel.Measurement).Distinct();
        return Names("c8y_SupportedMeasurements", names);
    }

    private async Task<CumulocityAnswer> SeriesAsync(CumulocityRequest request) =>
        Names("c8y_SupportedSeries", (await ChannelsAsync(request)).Select(channel => $"{channel.Measurement}.{channel.Field}"));

    private async Task<IReadOnlyList<Channel>> ChannelsAsync(CumulocityRequest request) =>
        await series.ListAsync(request.Tenant, (await objects.GetAsync(request, request["id"])).Value, request.Cancellation);

    private static CumulocityAnswer Names(string member, IEnumerable<string> names) =>
        CumulocityAnswer.Ok(new JsonObject { [member] = new JsonArray([.. names.Select(name => JsonValue.Create(name))]) }, "");

    private async Task<CumulocityAnswer> UserAsync(CumulocityRequest request) =>
        Show(request, (await objects.GetAsync(request, request["id"])).Value);

    /// <summary>Lets the device in or keeps it out: its messages and its login are one here.</summary>
    private async Task<CumulocityAnswer> SetUserAsync(CumulocityRequest request)
    {
        var body = await request.ReadObjectAsync();
        var twin = (await objects.GetAsync(request, request["id"])).Value;
        if (body["enabled"] is { } enabled)
        {
            if (enabled.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
            {
                throw request.Invalid("The member enabled is true or false.");
            }

            var wanted = enabled.GetValue<bool>();
            twin = (
                await service.UpdateAsync(
                    request.Tenant,
                    twin.Id,
                    old => old.Enabled == wanted ? old : old with { Enabled = wanted },
                    null,
                    request.Cancellation
                )
            ).Value;
        }

        return Show(request, twin);
    }

    private static CumulocityAnswer Show(CumulocityRequest request, DeviceTwin twin) =>
        CumulocityAnswer.Ok(
            new JsonObject
            {
                ["self"] = $"{request.Urls.ManagedObject(twin.Id)}/user",
                ["userName"] = twin.Owner ?? "",
                ["enabled"] = twin.Enabled,
            },
            "managedobjectuser"
        );
}
