using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Alarms;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Alarms;

/// <summary>/alarm/alarms: alarms, whichever API or rule raised them (reference 1.7).</summary>
internal sealed class AlarmRoutes(
    AlarmDirectory alarms,
    AlarmFilters filters,
    DeviceDirectory devices,
    Heartbeats heartbeats,
    DeviceScope scope,
    CollectionPages pages,
    TimeProvider time
) : ICumulocityRoutes
{
    private const string Collection = "/alarm/alarms";
    private const string Item = "/alarm/alarms/{id}";

    public IEnumerable<CumulocityRoute> All() =>
        [
            new("POST", Collection, Permission.Write, CreateAsync),
            new("GET", Collection, Permission.Read, ListAsync),
            new("PUT", Collection, Permission.Write, UpdateManyAsync),
            new("DELETE", Collection, Permission.Write, DeleteManyAsync),
            new("GET", $"{Collection}/count", Permission.Read, CountAsync) { Produces = ["text/plain"] },
            new("POST", $"{Collection}/upsert", Permission.Write, UpsertAsync),
            new("GET", Item, Permission.Read, GetAsync),
            new("PUT", Item, Permission.Write, UpdateAsync),
        ];

    private async Task<CumulocityAnswer> CreateAsync(CumulocityRequest request)
    {
        var body = await request.ReadObjectAsync();
        var members = new BodyMembers(request, body);
        members.Require("source", "type", "text", "severity", "time");
        var twin = await SourceAsync(request, members);
        var alarm = new NewAlarm(
            twin.Id,
            members.Word("type")!,
            members.OneOf<AlarmSeverity>("severity")!.Value,
            members.Text("text")!,
            members.Time("time")!.Value
        )
        {
            Status = members.OneOf<AlarmStatus>("status") ?? AlarmStatus.Active,
            Fragments = AlarmDirectory.MergeFragments([], members.Without(CumulocityAlarm.Members)),
            AlwaysCounts = true,
        };
        var made = await alarms.RaiseAsync(request.Tenant, alarm, request.Actor(), request.Effects(), request.Cancellation);
        if (!request.FromApplication && await devices.FindAsync(request.Tenant, twin.Id, request.Cancellation) is { } alive)
        {
            await heartbeats.TakeAsync(request.Tenant, alive, request.Cancellation);
        }

        return made is null
            ? CumulocityAnswer.Created(Suppressed(request, alarm, twin), CumulocityAlarm.Type, Nowhere(request))
            : CumulocityAnswer.Created(
                CumulocityAlarm.Of(made, request.Urls, twin.Name),
                CumulocityAlarm.Type,
                CumulocityAlarm.SelfOf(made, request.Urls)
            );
    }

    private async Task<CumulocityAnswer> UpsertAsync(CumulocityRequest request)
    {
        var increments = request.Flag("incrementCount");
        var body = await request.ReadObjectAsync();
        var members = new BodyMembers(request, body);
        members.Require("source", "type");
        var twin = await SourceAsync(request, members);
        var wanted = new AlarmUpsert(twin.Id, members.Word("type")!)
        {
            Severity = members.OneOf<AlarmSeverity>("severity"),
            Status = members.OneOf<AlarmStatus>("status"),
            Text = members.Text("text"),
            Time = members.Time("time"),
            Fragments = members.Without(CumulocityAlarm.Members),
            Counts = increments,
        };
        var (alarm, before) = await alarms.UpsertAsync(request.Tenant, wanted, request.Actor(), request.Effects(), request.Cancellation);
        var answer = new JsonObject
        {
            ["alarm"] = alarm is null
                ? Suppressed(
                    request,
                    new NewAlarm(
                        twin.Id,
                        wanted.Type,
                        wanted.Severity ?? AlarmSeverity.Major,
                        wanted.Text ?? "",
                        wanted.Time ?? time.GetUtcNow()
                    ),
                    twin
                )
                : CumulocityAlarm.Of(alarm, request.Urls, twin.Name),
            ["previousState"] = before is null ? null : CumulocityAlarm.Of(before, request.Urls, twin.Name),
        };
        var self = alarm is null ? Nowhere(request) : CumulocityAlarm.SelfOf(alarm, request.Urls);
        return before is null
            ? CumulocityAnswer.Created(answer, "alarmUpsertResponse", self)
            : CumulocityAnswer.Ok(answer, "alarmUpsertResponse");
    }

    private async Task<CumulocityAnswer> ListAsync(CumulocityRequest request)
    {
        var filter = await filters.ReadAsync(request);
        var names = new SourceNames(devices, request.Tenant, request.Cancellation);
        return await pages.ReadAsync(
            request,
            "alarms",
            "alarmcollection",
            (limit, cursor) => alarms.ListAsync(request.Tenant, filter, limit, cursor, request.Cancellation),
            () => alarms.CountAsync(request.Tenant, filter, request.Cancellation),
            async alarm => CumulocityAlarm.Of(alarm.Value, request.Urls, await names.NameAsync(alarm.Value.Device))
        );
    }

    private async Task<CumulocityAnswer> CountAsync(CumulocityRequest request) =>
        CumulocityAnswer.Ok(
            JsonValue.Create(await alarms.CountAsync(request.Tenant, await filters.ReadAsync(request), request.Cancellation)),
            ""
        );

    private async Task<CumulocityAnswer> GetAsync(CumulocityRequest request) => await ShowAsync(request, await FindAsync(request));

    private async Task<CumulocityAnswer> UpdateAsync(CumulocityRequest request)
    {
        var body = await request.ReadObjectAsync();
        var members = new BodyMembers(request, body);
        var alarm = await FindAsync(request);
        CheckUnchanged(request, members, body, alarm);
        var (text, status, severity) = (
            members.Text("text"),
            members.OneOf<AlarmStatus>("status"),
            members.OneOf<AlarmSeverity>("severity")
        );
        var fragments = members.Without(CumulocityAlarm.Members);
        var changed = await alarms.UpdateAsync(
            request.Tenant,
            alarm.Id,
            old =>
                old with
                {
                    Text = text ?? old.Text,
                    Status = status ?? old.Status,
                    Severity = severity ?? old.Severity,
                    Fragments = AlarmDirectory.MergeFragments(old.Fragments, fragments),
                },
            request.Actor(),
            request.Effects(),
            request.Cancellation
        );
        return await ShowAsync(request, changed);
    }

    private async Task<CumulocityAnswer> UpdateManyAsync(CumulocityRequest request)
    {
        RequireOne(request, AlarmFilters.Parameters);
        var body = await request.ReadObjectAsync();
        var members = new BodyMembers(request, body);
        members.Require("status");
        var status = members.OneOf<AlarmStatus>("status")!.Value;
        var filter = await filters.ReadAsync(request);
        await alarms.UpdateManyAsync(request.Tenant, filter, status, request.Actor(), request.Effects(), request.Cancellation);
        return CumulocityAnswer.Ok(new JsonObject(), "");
    }

    private async Task<CumulocityAnswer> DeleteManyAsync(CumulocityRequest request)
    {
        RequireOne(request, AlarmFilters.DeletionParameters);
        var filter = await filters.ReadAsync(request);
        await alarms.DeleteManyAsync(request.Tenant, filter, request.Effects(), request.Cancellation);
        return CumulocityAnswer.NoContent;
    }

    private async Task<Alarm> FindAsync(CumulocityRequest request)
    {
        var alarm =
            (DeviceScope.IsId(request["id"]) ? await alarms.FindAsync(request.Tenant, request["id"], request.Cancellation) : null)?.Value
            ?? throw CumulocityErrors.NotFound("alarm", $"Finding alarm from database failed : No alarm for gid '{request["id"]}'!");
        await scope.CheckAsync(request, alarm.Device);
        return alarm;
    }

    private async Task<DeviceTwin> SourceAsync(CumulocityRequest request, BodyMembers members)
    {
        var id = members.Reference("source");
        var twin =
            await scope.FindAsync(request.Tenant, id, request.Cancellation)
            ?? throw request.Invalid($"There is no managed object '{id}' to be the source.");
        await scope.CheckAsync(request, twin);
        return twin;
    }

    private async Task<CumulocityAnswer> ShowAsync(CumulocityRequest request, Alarm alarm)
    {
        var twin = (await devices.FindAsync(request.Tenant, alarm.Device, request.Cancellation))?.Value;
        return CumulocityAnswer.Ok(CumulocityAlarm.Of(alarm, request.Urls, twin?.Name), CumulocityAlarm.Type);
    }

    /// <summary>What cannot be changed may be sent as it is, as clients do that send back what they have read.</summary>
    private static void CheckUnchanged(CumulocityRequest request, BodyMembers members, JsonObject body, Alarm alarm)
    {
        var wrong =
            body["source"] is not null && members.Reference("source") != alarm.Device ? "source"
            : members.Text("type") is { } type && type != alarm.Type ? "type"
            : members.Time("time") is { } time && time != alarm.Last ? "time"
            : null;
        if (wrong is not null)
        {
            throw request.Invalid($"The {wrong} of an alarm cannot be changed.");
        }
    }

    private static void RequireOne(CumulocityRequest request, IReadOnlyList<string> parameters)
    {
        if (parameters.All(parameter => request.Query(parameter) is null))
        {
            throw request.Invalid($"At least one of these parameters is needed: {string.Join(", ", parameters)}.");
        }
    }

    /// <summary>An alarm that was not made: the device is in maintenance, or the tenant wants none of the type.</summary>
    private JsonObject Suppressed(CumulocityRequest request, NewAlarm alarm, DeviceTwin twin)
    {
        var now = time.GetUtcNow();
        var shown = CumulocityAlarm.Of(
            new Alarm
            {
                Id = "null",
                Device = alarm.Device,
                Type = alarm.Type,
                Severity = alarm.Severity,
                Status = alarm.Status,
                Text = alarm.Text,
                First = alarm.Time,
                Last = alarm.Time,
                Created = now,
                Updated = now,
                Fragments = alarm.Fragments ?? [],
            },
            request.Urls,
            twin.Name
        );
        shown.Remove("id");
        shown.Remove("history");
        return shown;
    }

    private static string Nowhere(CumulocityRequest request) => request.Urls.Of($"{Collection}/null");
}
