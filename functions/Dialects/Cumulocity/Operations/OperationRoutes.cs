using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Alarms;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Operations;

/// <summary>/devicecontrol/operations: what devices are told to do, by whichever API, and how far it is (reference 1.8).</summary>
internal sealed class OperationRoutes(
    CommandDirectory commands,
    CommandEchoes echoes,
    CommandAgents agents,
    OperationFilters filters,
    DeviceDirectory devices,
    DeviceScope scope,
    CollectionPages pages,
    TimeProvider time
) : ICumulocityRoutes
{
    private const string Collection = "/devicecontrol/operations";
    private const string Item = "/devicecontrol/operations/{id}";
    private const int PageSize = 500;

    public IEnumerable<CumulocityRoute> All() =>
        [
            new("POST", Collection, Permission.Write, CreateAsync),
            new("GET", Collection, Permission.Read, ListAsync),
            new("DELETE", Collection, Permission.Write, DeleteManyAsync),
            new("GET", Item, Permission.Read, GetAsync),
            new("PUT", Item, Permission.Write, UpdateAsync),
        ];

    private async Task<CumulocityAnswer> CreateAsync(CumulocityRequest request)
    {
        var members = new BodyMembers(request, await request.ReadObjectAsync());
        members.Require("deviceId");
        members.CheckObjects("deviceExternalIDs");
        var id = members.Id("deviceId")!;
        var twin =
            await scope.FindAsync(request.Tenant, id, request.Cancellation)
            ?? throw request.Invalid($"There is no managed object '{id}' to be the device.");
        await scope.CheckAsync(request, twin);
        var payload = AlarmDirectory.MergeFragments([], members.Without(OperationJson.Members));
        var command = await OperationCommands.OfAsync(agents, request.Tenant, twin, payload, request.Cancellation) with
        {
            User = request.Caller.User,
            Application = RequestEffects.ApplicationOf(request),
        };
        var made = await commands.CreateAsync(request.Tenant, command, request.Cancellation, request.IsTold());
        return CumulocityAnswer.Created(
            OperationJson.Of(made.Value, request.Urls, twin.Name),
            OperationJson.Type,
            OperationJson.SelfOf(made.Value, request.Urls)
        );
    }

    private async Task<CumulocityAnswer> ListAsync(CumulocityRequest request)
    {
        var filter = await filters.ReadAsync(request);
        var descending = request.Flag("revert");
        var names = new SourceNames(devices, request.Tenant, request.Cancellation);
        return await pages.ReadAsync(
            request,
            "operations",
            "operationcollection",
            (limit, cursor) => commands.ListAsync(request.Tenant, filter, descending, limit, cursor, request.Cancellation),
            () => commands.CountAsync(request.Tenant, filter, request.Cancellation),
            async command =>
            {
                var twin = await names.FindAsync(command.Value.Device);
                var shown = OperationJson.Of(command.Value, request.Urls, twin?.Name);
                if (filter.Agent is not null && twin is not null)
                {
                    shown["deviceExternalIDs"] = OperationJson.ExternalIdsOf(twin, request.Urls);
                }

                return shown;
            }
        );
    }

    private async Task<CumulocityAnswer> GetAsync(CumulocityRequest request) =>
        CumulocityAnswer.Ok(OperationJson.Of(await FindAsync(request), request.Urls), OperationJson.Type);

    private async Task<CumulocityAnswer> UpdateAsync(CumulocityRequest request)
    {
        var body = await request.ReadObjectAsync();
        var members = new BodyMembers(request, body);
        members.Require("status");
        members.CheckObjects("deviceExternalIDs");
        var known = await FindAsync(request);
        if (body["deviceId"] is not null && members.Id("deviceId") != known.Device)
        {
            throw request.Invalid("The deviceId of an operation cannot be changed.");
        }

        var change = new OperationChange(
            members.OneOf<CommandStage>("status")!.Value,
            members.Text("failureReason"),
            members.Without(OperationJson.Members),
            request.Caller.User
        );
        var stored = await echoes.UpdateAsync(
            request.Tenant,
            known.Id,
            command => change.Apply(command, time.GetUtcNow()),
            request.Actor(),
            request.IsTold(),
            request.Cancellation
        );
        return CumulocityAnswer.Ok(OperationJson.Of(stored.Value, request.Urls), OperationJson.Type);
    }

    private async Task<CumulocityAnswer> DeleteManyAsync(CumulocityRequest request)
    {
        if (OperationFilters.Parameters.All(parameter => request.Query(parameter) is null))
        {
            throw request.Invalid($"At least one of these parameters is needed: {string.Join(", ", OperationFilters.Parameters)}.");
        }

        var filter = await filters.ReadAsync(request);
        string? cursor = null;
        do
        {
            (var page, cursor) = await commands.ListAsync(
                request.Tenant,
                filter,
                descending: false,
                PageSize,
                cursor,
                request.Cancellation
            );
            foreach (var command in page)
            {
                await echoes.DeleteAsync(request.Tenant, command.Value.Id, request.IsTold(), request.Cancellation);
            }
        } while (cursor is not null);

        return CumulocityAnswer.NoContent;
    }

    private async Task<Command> FindAsync(CumulocityRequest request)
    {
        var command =
            (DeviceScope.IsId(request["id"]) ? await commands.FindAsync(request.Tenant, request["id"], request.Cancellation) : null)?.Value
            ?? throw CumulocityErrors.NotFound(
                "devicecontrol",
                $"Finding device data from database failed : No operation for gid '{request["id"]}'!"
            );
        await scope.CheckAsync(request, command.Device);
        return command;
    }
}
