using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Commands;

namespace Serverless.Dialects.Cumulocity.Operations;

/// <summary>The filters of a request for operations (reference 1.8).</summary>
internal sealed class OperationFilters(DeviceScope scope)
{
    /// <summary>Every parameter that filters.</summary>
    public static readonly IReadOnlyList<string> Parameters =
    [
        "deviceId",
        "agentId",
        "status",
        "fragmentType",
        "bulkOperationId",
        "dateFrom",
        "dateTo",
    ];

    public async Task<CommandFilter> ReadAsync(CumulocityRequest request)
    {
        var (device, agent) = (request.Query("deviceId"), request.Query("agentId"));
        foreach (var named in new[] { device, agent })
        {
            if (named is not null)
            {
                await scope.CheckAsync(request, named);
            }
        }

        return new CommandFilter
        {
            Devices =
                device is not null ? [device]
                : agent is not null ? null
                : await scope.ListAsync(request),
            Agent = agent,
            Stage = request.Query("status") is { } status ? BodyMembers.Parse<CommandStage>(request, "status", status) : null,
            Bulk = request.Query("bulkOperationId"),
            Fragment = request.Query("fragmentType"),
            From = request.Date("dateFrom"),
            To = request.Date("dateTo"),
        };
    }
}
