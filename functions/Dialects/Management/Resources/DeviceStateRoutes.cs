using System.Text.Json.Nodes;
using Serverless.Dialects.Management.Routing;
using Serverless.Dialects.Management.Schemas;
using Serverless.Domain.Devices;
using static Serverless.Dialects.Management.Schemas.Schema;

namespace Serverless.Dialects.Management.Resources;

/// <summary>How a device is: its health and its own log.</summary>
internal sealed class DeviceStateRoutes(DeviceDirectory devices, DeviceLog log, IDeviceGateway gateway)
{
    public IEnumerable<ManagementRoute> All() =>
        [
            new(
                "GET",
                "/devices/{id}/health",
                "getHealth",
                Access.Reader,
                "Read a device's traffic light and whether it is connected",
                GetHealthAsync
            )
            {
                Response = "Health",
            },
            new("GET", "/devices/{id}/log", "listLog", Access.Reader, "List a device's own log, newest first", ListLogAsync)
            {
                Query =
                [
                    new QueryParameter("level", Integer(0, 4).Default(0).Saying("The least level of the lines.")),
                    .. Pages.Parameters,
                ],
                Response = Components.PageOf("LogLine"),
            },
        ];

    private async Task<Answer> GetHealthAsync(ManagementRequest request)
    {
        var twin = (await devices.GetAsync(request)).Value;
        var connection = await gateway.GetConnectionAsync(twin.HubId, request.Cancellation);
        return Answer.Ok(
            new JsonObject
            {
                ["color"] = twin.Health?.Color.ToString(),
                ["message"] = twin.Health?.Message,
                ["time"] = twin.Health?.Time,
                ["connected"] = connection.Connected,
                ["since"] = connection.Since,
                ["lastMessage"] = twin.LastMessage,
            }
        );
    }

    private async Task<Answer> ListLogAsync(ManagementRequest request)
    {
        var id = (await devices.GetAsync(request)).Value.Id;
        var level = request.Query.Integer("level", 0);
        return await Pages.ReadAsync(
            request,
            (limit, cursor) => log.ListAsync(request.Tenant, id, level, limit, cursor, request.Cancellation),
            Show
        );
    }

    private static JsonObject Show(DeviceLogLine line) =>
        new()
        {
            ["time"] = line.Time,
            ["level"] = line.Level,
            ["tag"] = line.Tag,
            ["message"] = line.Message,
        };
}
