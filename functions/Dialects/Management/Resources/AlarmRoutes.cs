using Serverless.Dialects.Management.Routing;
using Serverless.Dialects.Management.Schemas;
using Serverless.Domain.Alarms;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using static Serverless.Dialects.Management.Schemas.Schema;

namespace Serverless.Dialects.Management.Resources;

/// <summary>What is wrong with devices, whichever API or rule says so.</summary>
internal sealed class AlarmRoutes(AlarmDirectory alarms, DeviceDirectory devices)
{
    private const string Collection = "/alarms";
    private const string Item = "/alarms/{id}";

    public IEnumerable<ManagementRoute> All() =>
        [
            new("GET", Collection, "listAlarms", Access.Reader, "List alarms, the newest first", ListAsync)
            {
                Query =
                [
                    new QueryParameter("device", Text(1).Saying("Alarms of the device of this id or UUID.")),
                    new QueryParameter("status", AlarmSchemas.Status()),
                    new QueryParameter("severity", AlarmSchemas.Severity()),
                    new QueryParameter("type", Text(1).Saying("Alarms of this type.")),
                    .. Pages.Parameters,
                ],
                Response = Components.PageOf("Alarm"),
            },
            new("GET", Item, "getAlarm", Access.Reader, "Read an alarm", GetAsync) { Response = "Alarm", Tagged = true },
            new("PATCH", Item, "updateAlarm", Access.User, "Acknowledge or clear an alarm, or change its severity or text", UpdateAsync)
            {
                Request = "AlarmPatch",
                Response = "Alarm",
                Problems = [Problems.Exists],
            },
            new("DELETE", Item, "deleteAlarm", Access.User, "Delete an alarm", DeleteAsync) { Status = 204 },
        ];

    private async Task<Answer> ListAsync(ManagementRequest request)
    {
        var query = request.Query;
        var filter = new AlarmFilter
        {
            // A device that is not there has no alarms.
            Devices = query.Text("device") is { } name
                ? await devices.FindByNameAsync(request, name) is { } device
                    ? [device.Value.Id]
                    : []
                : null,
            Statuses = query.Text("status") is { } status ? [Enum.Parse<AlarmStatus>(status)] : null,
            Severities = query.Text("severity") is { } severity ? [Enum.Parse<AlarmSeverity>(severity)] : null,
            Types = query.Text("type") is { } type ? [type] : null,
        };
        return await Pages.ReadAsync(
            request,
            (limit, cursor) => alarms.ListAsync(request.Tenant, filter, limit, cursor, request.Cancellation),
            stored => AlarmJson.ToObject(stored.Value)
        );
    }

    private async Task<Answer> GetAsync(ManagementRequest request)
    {
        var stored = await alarms.GetAsync(request.Tenant, request.Path("id"), request.Cancellation);
        return Answer.Ok(AlarmJson.ToObject(stored.Value), stored.ETag);
    }

    private async Task<Answer> UpdateAsync(ManagementRequest request)
    {
        var body = await request.ReadBodyAsync();
        var (status, severity, text) = (body.Text("status"), body.Text("severity"), body.Text("text"));
        var changed = await alarms.UpdateAsync(
            request.Tenant,
            request.Path("id"),
            alarm =>
                alarm with
                {
                    Status = status is null ? alarm.Status : Enum.Parse<AlarmStatus>(status),
                    Severity = severity is null ? alarm.Severity : Enum.Parse<AlarmSeverity>(severity),
                    Text = text ?? alarm.Text,
                },
            request.Actor,
            Effects.All,
            request.Cancellation
        );
        return Answer.Ok(AlarmJson.ToObject(changed));
    }

    private async Task<Answer> DeleteAsync(ManagementRequest request)
    {
        await alarms.DeleteAsync(request.Tenant, request.Path("id"), Effects.All, request.Cancellation);
        return Answer.NoContent;
    }
}
