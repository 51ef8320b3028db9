using System.Text.Json.Nodes;
using Serverless.Dialects.Management.Routing;
using Serverless.Dialects.Management.Schemas;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Users;
using static Serverless.Dialects.Management.Schemas.Schema;

namespace Serverless.Dialects.Management.Resources;

/// <summary>Messages that could not be taken: a tenant's own, and those of no tenant, which are the operator's.</summary>
internal sealed class DeadLetterRoutes(DeadLetters letters, DeviceDirectory devices)
{
    private const string Collection = "/dead-letters";
    private const string Item = "/dead-letters/{id}";

    private static readonly QueryParameter Unassigned = new("unassigned", Flag().Saying("Those of no tenant; only for an operator."));

    public IEnumerable<ManagementRoute> All() =>
        [
            new("GET", Collection, "listDeadLetters", Access.Reader, "List messages that could not be taken, newest first", ListAsync)
            {
                Query =
                [
                    new QueryParameter(
                        "device",
                        Text(1, 128).Saying("A device's id or UUID, or the hub id of a sender that is no device.")
                    ),
                    Unassigned,
                    .. Pages.Parameters,
                ],
                Response = Components.PageOf("DeadLetter"),
            },
            new("GET", Item, "getDeadLetter", Access.Reader, "Read a message that could not be taken, with its payload", GetAsync)
            {
                Query = [Unassigned],
                Response = "DeadLetterWithBody",
                Tagged = true,
            },
            new("DELETE", Item, "deleteDeadLetter", Access.User, "Delete a message that could not be taken", DeleteAsync)
            {
                Query = [Unassigned],
                Status = 204,
            },
        ];

    private async Task<Answer> ListAsync(ManagementRequest request)
    {
        var partition = Partition(request);
        var sender = request.Query.Text("device");
        var hubId = sender is null ? null : (await devices.FindByNameAsync(request, sender))?.Value.HubId ?? sender;
        return await Pages.ReadAsync(
            request,
            (limit, cursor) => letters.ListAsync(partition, hubId, limit, cursor, request.Cancellation),
            letter => Show(letter.Value)
        );
    }

    private async Task<Answer> GetAsync(ManagementRequest request)
    {
        var letter = await letters.GetAsync(Partition(request), request.Path("id"), request.Cancellation);
        var body = Show(letter.Value);
        body["body"] = Convert.ToBase64String(letter.Value.Body);
        return Answer.Ok(body, letter.ETag);
    }

    private async Task<Answer> DeleteAsync(ManagementRequest request)
    {
        await letters.DeleteAsync(Partition(request), request.Path("id"), request.Cancellation);
        return Answer.NoContent;
    }

    private static string Partition(ManagementRequest request) =>
        !request.Query.Flag(Unassigned.Name) ? request.Tenant
        : request.Caller.Is(Roles.Operator) ? Partitions.System
        : throw new ProblemException(Problems.Forbidden, "Messages of no tenant are the operator's.");

    private static JsonObject Show(DeadLetter letter) =>
        new()
        {
            ["id"] = letter.Id,
            ["source"] = letter.Source,
            ["time"] = letter.Time,
            ["reason"] = letter.Reason,
            ["size"] = letter.Body.Length,
            ["system"] = JsonMembers.ToObject(letter.System),
            ["properties"] = JsonMembers.ToObject(letter.Properties),
        };
}
