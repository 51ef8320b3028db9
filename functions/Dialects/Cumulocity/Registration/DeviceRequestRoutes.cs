using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Devices;
using Serverless.Domain.Registration;

namespace Serverless.Dialects.Cumulocity.Registration;

/// <summary>/devicecontrol/newDeviceRequests: devices that are expected, and those that have asked to be let in (reference 1.8).</summary>
internal sealed class DeviceRequestRoutes(DeviceRegistration registration, DeviceDirectory devices, CollectionPages pages)
    : ICumulocityRoutes
{
    private const string Collection = "/devicecontrol/newDeviceRequests";
    private const string Item = "/devicecontrol/newDeviceRequests/{id}";
    private const string Type = "newdevicerequest";

    public IEnumerable<CumulocityRoute> All() =>
        [
            new("POST", Collection, Permission.Write, CreateAsync),
            new("GET", Collection, Permission.Read, ListAsync),
            new("POST", $"{Collection}/acceptAll", Permission.Write, AcceptAllAsync),
            new("GET", $"{Collection}/limit", Permission.Read, LimitAsync),
            new("GET", Item, Permission.Read, GetAsync),
            new("PUT", Item, Permission.Write, UpdateAsync),
            new("DELETE", Item, Permission.Write, DeleteAsync),
        ];

    private async Task<CumulocityAnswer> CreateAsync(CumulocityRequest request)
    {
        DeviceScope.CheckWhole(request);
        var members = new BodyMembers(request, await request.ReadObjectAsync());
        members.Require("id");
        members.CheckTexts("enrollmentToken");
        var made = await registration.CreateAsync(
            request.Tenant,
            members.Id("id")!,
            members.Id("groupId"),
            members.Word("type"),
            request.Caller.User,
            request.Cancellation
        );
        var shown = Show(request, made);
        return CumulocityAnswer.Created(shown, Type, (string)shown["self"]!);
    }

    private async Task<CumulocityAnswer> ListAsync(CumulocityRequest request)
    {
        DeviceScope.CheckWhole(request);
        return await pages.ReadAsync(
            request,
            "newDeviceRequests",
            "newdevicerequestcollection",
            (limit, cursor) => registration.ListAsync(request.Tenant, null, limit, cursor, request.Cancellation),
            () => registration.CountAsync(request.Tenant, request.Cancellation),
            item => Task.FromResult(Show(request, item.Value))
        );
    }

    private async Task<CumulocityAnswer> GetAsync(CumulocityRequest request) =>
        CumulocityAnswer.Ok(Show(request, await FindAsync(request)), Type);

    private async Task<CumulocityAnswer> UpdateAsync(CumulocityRequest request)
    {
        var members = new BodyMembers(request, await request.ReadObjectAsync());
        members.Require("status");
        members.CheckTexts("enrollmentToken");
        var known = await FindAsync(request);
        var status = members.Text("status")!.Trim().ToUpperInvariant();
        if (status == StatusOf(known.Status))
        {
            return CumulocityAnswer.Ok(Show(request, known), Type);
        }

        if (status != StatusOf(DeviceRequestStatus.Accepted))
        {
            throw request.Invalid("The status of a request can be set to ACCEPTED, once the device has asked (PENDING_ACCEPTANCE).");
        }

        var accepted = await registration.AcceptAsync(request.Tenant, known.Id, members.Text("securityToken"), request.Cancellation);
        return CumulocityAnswer.Ok(Show(request, accepted), Type);
    }

    private async Task<CumulocityAnswer> AcceptAllAsync(CumulocityRequest request)
    {
        DeviceScope.CheckWhole(request);
        var accepted = await registration.AcceptAllAsync(request.Tenant, request.Cancellation);
        return CumulocityAnswer.Ok(
            new JsonArray([.. accepted.Select(item => (JsonNode)new JsonObject { ["id"] = item.Id, ["successful"] = true })]),
            ""
        );
    }

    /// <summary>There is no limit; what clients are told is how many devices there are.</summary>
    private async Task<CumulocityAnswer> LimitAsync(CumulocityRequest request)
    {
        DeviceScope.CheckWhole(request);
        var count = await devices.CountAsync(request.Tenant, null, request.Cancellation);
        return CumulocityAnswer.Ok(new JsonObject { ["isReached"] = false, ["deviceCount"] = count }, "");
    }

    private async Task<CumulocityAnswer> DeleteAsync(CumulocityRequest request)
    {
        DeviceScope.CheckWhole(request);
        return await registration.DeleteAsync(request.Tenant, request["id"], request.Cancellation)
            ? CumulocityAnswer.NoContent
            : throw Missing(request);
    }

    private async Task<DeviceRequest> FindAsync(CumulocityRequest request)
    {
        DeviceScope.CheckWhole(request);
        return (await registration.FindAsync(request.Tenant, request["id"], request.Cancellation))?.Value ?? throw Missing(request);
    }

    private static CumulocityException Missing(CumulocityRequest request) =>
        CumulocityErrors.NotFound("devicecontrol", $"Could not find newDeviceRequest by ID {request["id"]}");

    private static JsonObject Show(CumulocityRequest request, DeviceRequest item)
    {
        var shown = new JsonObject
        {
            ["id"] = item.Id,
            ["self"] = request.Urls.Of($"{Collection}/{Uri.EscapeDataString(item.Id)}"),
            ["status"] = StatusOf(item.Status),
            ["tenantId"] = request.Tenant,
            ["creationTime"] = Times.Of(item.Created),
        };
        foreach (var (name, value) in new[] { ("owner", item.Owner), ("groupId", item.Group), ("type", item.Type) })
        {
            if (value is not null)
            {
                shown[name] = value;
            }
        }

        return shown;
    }

    private static string StatusOf(DeviceRequestStatus status) =>
        status switch
        {
            DeviceRequestStatus.WaitingForConnection => "WAITING_FOR_CONNECTION",
            DeviceRequestStatus.PendingAcceptance => "PENDING_ACCEPTANCE",
            _ => "ACCEPTED",
        };
}
