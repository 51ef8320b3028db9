using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Alarms;
using Serverless.Domain.Commands;

namespace Serverless.Dialects.Cumulocity.Operations;

/// <summary>/devicecontrol/bulkoperations: one operation for every device of a group, one after the other (reference 1.8).</summary>
internal sealed class BulkOperationRoutes(BulkDirectory bulks, CollectionPages pages) : ICumulocityRoutes
{
    private const string Collection = "/devicecontrol/bulkoperations";
    private const string Item = "/devicecontrol/bulkoperations/{id}";

    public IEnumerable<CumulocityRoute> All() =>
        [
            new("POST", Collection, Permission.Write, CreateAsync),
            new("GET", Collection, Permission.Read, ListAsync),
            new("GET", Item, Permission.Read, GetAsync),
            new("PUT", Item, Permission.Write, UpdateAsync),
            new("DELETE", Item, Permission.Write, DeleteAsync),
        ];

    private async Task<CumulocityAnswer> CreateAsync(CumulocityRequest request)
    {
        DeviceScope.CheckWhole(request);
        var body = await request.ReadObjectAsync();
        var members = new BodyMembers(request, body);
        members.Require("creationRamp", "operationPrototype", "startDate");
        var asked = new NewBulkOperation(CumulocityDialect.DialectName, Prototype(request, body)!, Ramp(request, body)!.Value)
        {
            Group = members.Id("groupId"),
            FailedParent = members.Id("failedParentId"),
            Start = members.Time("startDate"),
            User = request.Caller.User,
        };
        var bulk = await bulks.CreateAsync(request.Tenant, asked, request.Cancellation);
        return CumulocityAnswer.Created(
            await ShowAsync(request, bulk),
            BulkOperationJson.Type,
            BulkOperationJson.SelfOf(bulk, request.Urls)
        );
    }

    private async Task<CumulocityAnswer> ListAsync(CumulocityRequest request)
    {
        DeviceScope.CheckWhole(request);
        return await pages.ReadAsync(
            request,
            "bulkOperations",
            "bulkoperationcollection",
            (limit, cursor) => bulks.ListAsync(request.Tenant, null, limit, cursor, request.Cancellation),
            () => bulks.CountAsync(request.Tenant, request.Cancellation),
            bulk => ShowAsync(request, bulk.Value)
        );
    }

    private async Task<CumulocityAnswer> GetAsync(CumulocityRequest request) =>
        CumulocityAnswer.Ok(await ShowAsync(request, await FindAsync(request)), BulkOperationJson.Type);

    private async Task<CumulocityAnswer> UpdateAsync(CumulocityRequest request)
    {
        var body = await request.ReadObjectAsync();
        var (prototype, ramp) = (Prototype(request, body), Ramp(request, body));
        var members = new BodyMembers(request, body);
        members.CheckIds("groupId", "failedParentId");
        var start = members.Time("startDate");
        var known = await FindAsync(request);
        var changed = await bulks.UpdateAsync(
            request.Tenant,
            known.Id,
            bulk =>
            {
                if (!bulk.IsOpen || (bulk.Status != BulkStatus.Active && (prototype ?? (object?)start) is not null))
                {
                    throw request.Invalid(
                        bulk.IsOpen
                            ? "The bulk operation has begun: only its creationRamp can be changed."
                            : "The bulk operation has ended."
                    );
                }

                return bulk with
                {
                    Prototype = prototype ?? bulk.Prototype,
                    RampSeconds = ramp ?? bulk.RampSeconds,
                    Start = start ?? bulk.Start,
                    Due = start?.ToUnixTimeMilliseconds() ?? bulk.Due,
                };
            },
            request.Cancellation
        );
        return CumulocityAnswer.Ok(await ShowAsync(request, changed), BulkOperationJson.Type);
    }

    private async Task<CumulocityAnswer> DeleteAsync(CumulocityRequest request)
    {
        var bulk = await FindAsync(request);
        await bulks.CancelAsync(request.Tenant, bulk.Id, request.Actor(), request.Cancellation);
        return CumulocityAnswer.NoContent;
    }

    private async Task<BulkOperation> FindAsync(CumulocityRequest request)
    {
        DeviceScope.CheckWhole(request);
        var id = request["id"];
        return (DeviceScope.IsId(id) ? await bulks.FindAsync(request.Tenant, id, request.Cancellation) : null)?.Value
            ?? throw CumulocityErrors.NotFound(
                "devicecontrol",
                $"Finding bulk operation from database failed : Cannot find document with ID ID [type=com_cumulocity_model_idtype_GId, value={id}]!"
            );
    }

    private async Task<JsonObject> ShowAsync(CumulocityRequest request, BulkOperation bulk) =>
        BulkOperationJson.Of(bulk, await bulks.ProgressAsync(request.Tenant, bulk, request.Cancellation), request.Urls);

    private static JsonObject? Prototype(CumulocityRequest request, JsonObject body) =>
        body["operationPrototype"] switch
        {
            null => null,
            JsonObject prototype => AlarmDirectory.MergeFragments([], new BodyMembers(request, prototype).Without(OperationJson.Members)),
            _ => throw request.Invalid("operationPrototype is an object, such as {\"c8y_Restart\":{}}."),
        };

    private static double? Ramp(CumulocityRequest request, JsonObject body) =>
        body["creationRamp"] is not { } member ? null
        : member is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue<double>(out var seconds) ? seconds
        : throw request.Invalid("creationRamp is a number of seconds.");
}
