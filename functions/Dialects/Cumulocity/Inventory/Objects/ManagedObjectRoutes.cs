using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Inventory.Objects;

/// <summary>Managed objects one by one and in bulk (reference 1.3).</summary>
internal sealed class ManagedObjectRoutes(
    ManagedObjects objects,
    ObjectWrites writes,
    ObjectReferences references,
    DeviceSeries series,
    PageCursors cursors
) : ICumulocityRoutes
{
    private const string Path = "/inventory/managedObjects";
    private const string CollectionMember = "managedObjects";
    private const string CollectionType = "managedobjectcollection";
    private const int MostAtOnce = 50;

    public IEnumerable<CumulocityRoute> All() =>
        [
            new("POST", Path, Permission.Write, CreateAsync),
            new("PUT", Path, Permission.Write, UpdateManyAsync),
            new("GET", $"{Path}/{{id}}", Permission.Read, ReadAsync),
            new("PUT", $"{Path}/{{id}}", Permission.Write, UpdateAsync),
            new("DELETE", $"{Path}/{{id}}", Permission.Write, DeleteAsync),
        ];

    private async Task<CumulocityAnswer> CreateAsync(CumulocityRequest request)
    {
        var body = await request.ReadObjectAsync();
        if (IsCollection(request, body))
        {
            return await CreateManyAsync(request, body);
        }

        var twin = await writes.CreateAsync(request, ManagedObjectInput.Read(body), null);
        return CumulocityAnswer.Created(await ShowAsync(request, twin), ManagedObjectJson.Type, request.Urls.ManagedObject(twin.Id));
    }

    /// <summary>All of them are checked before the first is made.</summary>
    private async Task<CumulocityAnswer> CreateManyAsync(CumulocityRequest request, JsonObject body)
    {
        var inputs = Items(request, body).ConvertAll(ManagedObjectInput.Read);
        await writes.CheckNewAsync(request, inputs);
        var made = new List<DeviceTwin>();
        foreach (var input in inputs)
        {
            made.Add(await writes.CreateAsync(request, input, null));
        }

        return CumulocityAnswer.Created(await CollectionAsync(request, made), CollectionType, request.Urls.Of(Path));
    }

    private async Task<CumulocityAnswer> UpdateManyAsync(CumulocityRequest request)
    {
        var inputs = Items(request, await request.ReadObjectAsync()).ConvertAll(ManagedObjectInput.Read);
        foreach (var input in inputs)
        {
            await writes.CheckAsync(request, input.Id ?? throw CumulocityErrors.MissingFields(["id"]), input);
        }

        var changed = new List<DeviceTwin>();
        foreach (var input in inputs)
        {
            changed.Add(await writes.UpdateAsync(request, input.Id!, input));
        }

        return CumulocityAnswer.Ok(await CollectionAsync(request, changed), CollectionType);
    }

    private async Task<CumulocityAnswer> ReadAsync(CumulocityRequest request)
    {
        var twin = (await objects.GetAsync(request, request["id"])).Value;
        var shown = await references.ShowAsync(
            request.Tenant,
            twin,
            request.Urls,
            ReferenceDetail.Of(request, children: true),
            request.Cancellation
        );
        if (request.Flag("withLatestValues"))
        {
            await series.AddLatestAsync(request.Tenant, twin, shown, request.Cancellation);
        }

        return CumulocityAnswer.Ok(shown, ManagedObjectJson.Type);
    }

    private async Task<CumulocityAnswer> UpdateAsync(CumulocityRequest request)
    {
        // A sign of life may have no body at all.
        var body = request.Context.Request.ContentLength == 0 ? [] : await request.ReadObjectAsync();
        var input = ManagedObjectInput.Read(body);
        if (input.SaysNothing)
        {
            var id = await writes.HeardOfAsync(request, request["id"]);
            return CumulocityAnswer.Ok(new JsonObject { ["id"] = id }, ManagedObjectJson.Type);
        }

        var twin = await writes.UpdateAsync(request, request["id"], input);
        return CumulocityAnswer.Ok(await ShowAsync(request, twin), ManagedObjectJson.Type);
    }

    private async Task<CumulocityAnswer> DeleteAsync(CumulocityRequest request)
    {
        await writes.DeleteAsync(
            request,
            request["id"],
            request.Flag("forceCascade") ? Cascade.Everything
                : request.Flag("cascade") ? Cascade.OfDevicesAndGroups
                : Cascade.Subgroups,
            request.Flag("withDeviceUser")
        );
        cursors.Forget(request.Tenant);
        return CumulocityAnswer.NoContent;
    }

    private Task<JsonObject> ShowAsync(CumulocityRequest request, DeviceTwin twin) =>
        references.ShowAsync(request.Tenant, twin, request.Urls, ReferenceDetail.Of(request, children: true), request.Cancellation);

    private async Task<JsonObject> CollectionAsync(CumulocityRequest request, IEnumerable<DeviceTwin> twins)
    {
        var shown = new JsonArray();
        foreach (var twin in twins)
        {
            shown.Add(await ShowAsync(request, twin));
        }

        return new JsonObject { [CollectionMember] = shown };
    }

    private static bool IsCollection(CumulocityRequest request, JsonObject body) =>
        request.ContentType == CollectionType
        || (request.ContentType != ManagedObjectJson.Type && body.Count == 1 && body[CollectionMember] is JsonArray);

    private static List<JsonObject> Items(CumulocityRequest request, JsonObject body)
    {
        if (body[CollectionMember] is null)
        {
            throw CumulocityErrors.MissingFields([CollectionMember]);
        }

        return body[CollectionMember] is not JsonArray items ? throw request.Invalid($"The member {CollectionMember} is a list.")
            : items.Count > MostAtOnce ? throw request.Invalid($"At most {MostAtOnce} objects are taken at once, and not {items.Count}.")
            : [.. items.Select(item => item as JsonObject ?? throw request.Invalid("A managed object is a JSON object."))];
    }
}
