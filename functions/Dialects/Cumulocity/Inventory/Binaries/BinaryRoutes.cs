using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Inventory.Objects;
using Serverless.Dialects.Cumulocity.Inventory.Queries;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain;
using Serverless.Domain.Binaries;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Cumulocity.Inventory.Binaries;

/// <summary>Files: managed objects with bytes (reference 1.3). Object and bytes are stored in one commit.</summary>
internal sealed class BinaryRoutes(
    ManagedObjects objects,
    ObjectFilters filters,
    ObjectWrites writes,
    DeviceService service,
    BinaryStore binaries,
    PageCursors cursors
) : ICumulocityRoutes
{
    private const string Path = "/inventory/binaries";

    // What a form has beside the file.
    private const long FormOverhead = 2L << 20;

    public IEnumerable<CumulocityRoute> All() =>
        [
            new("POST", Path, Permission.Write, CreateAsync),
            new("GET", Path, Permission.Read, ListAsync),
            new("GET", $"{Path}/{{id}}", Permission.Read, ReadAsync) { Produces = [MediaTypes.Any] },
            new("PUT", $"{Path}/{{id}}", Permission.Write, ReplaceAsync),
            new("DELETE", $"{Path}/{{id}}", Permission.Write, DeleteAsync),
        ];

    private async Task<CumulocityAnswer> CreateAsync(CumulocityRequest request)
    {
        var upload = Begin(request);
        var content = await upload.OpenAsync() ?? throw new BadHttpRequestException("The form has no part 'file'.");
        var id = service.NewId();
        DeviceTwin? made = null;
        await PutAsync(
            request,
            id,
            content,
            replaces: false,
            async (binary, with) =>
            {
                await upload.FinishAsync();
                var device = Input(upload, binary).ToNew(request.Caller.User) with { IsAsset = true };
                made = (await service.CreateWithAsync(request.Tenant, id, device, with, request.Cancellation)).Value;
            }
        );
        return CumulocityAnswer.Created(Show(made!, request.Urls), ManagedObjectJson.Type, SelfOf(id, request.Urls));
    }

    private async Task<CumulocityAnswer> ReplaceAsync(CumulocityRequest request)
    {
        var old = await GetAsync(request);
        var upload = Begin(request);
        var content = await upload.OpenAsync() ?? throw new BadHttpRequestException("The form has no part 'file'.");
        var changed = old.Twin;
        await PutAsync(
            request,
            old.Twin.Id,
            content,
            replaces: true,
            async (binary, with) =>
            {
                await upload.FinishAsync();
                var input = Input(upload, binary);
                changed = (
                    await objects.Devices.UpdateWithAsync(request.Tenant, old.Twin.Id, input.Apply, null, with, request.Cancellation)
                ).Value;
            }
        );
        return CumulocityAnswer.Created(Show(changed, request.Urls), ManagedObjectJson.Type, SelfOf(changed.Id, request.Urls));
    }

    private async Task<CumulocityAnswer> ListAsync(CumulocityRequest request)
    {
        var page = request.Page;
        if (await filters.ByIdAsync(request) is { } named)
        {
            var found = named.Where(twin => twin.Fragments.ContainsKey(ShownFragments.IsBinary)).ToList();
            var few = found.Skip((int)Math.Min(page.Skip, found.Count)).Take(page.Size).ToList();
            return Answer(request, few, page.Skip + few.Count < found.Count, found.Count);
        }

        var query = (await filters.ReadAsync(request)).And(QueryTranslator.Has(new QueryPath(ShownFragments.IsBinary)));
        var (items, hasMore) = await cursors.ReadAsync(
            request,
            (limit, cursor) =>
                objects.Devices.ListObjectsAsync(request.Tenant, query.Filter, query.Order, limit, cursor, request.Cancellation)
        );
        var total = page.WithTotals
            ? await objects.Devices.CountObjectsAsync(request.Tenant, query.Filter, request.Cancellation)
            : (long?)null;
        return Answer(request, items.Select(item => item.Value), hasMore, total);
    }

    private static CumulocityAnswer Answer(CumulocityRequest request, IEnumerable<DeviceTwin> twins, bool hasMore, long? total) =>
        PageAnswer.Of(request, "managedObjects", "managedobjectcollection", twins.Select(twin => Show(twin, request.Urls)), hasMore, total);

    /// <summary>The bytes, or those of a range of them.</summary>
    private async Task<CumulocityAnswer> ReadAsync(CumulocityRequest request)
    {
        var (twin, binary) = await GetAsync(request);
        var context = request.Context;
        var headers = context.Response.Headers;
        headers.AcceptRanges = "bytes";
        headers["X-Content-Type-Options"] = "nosniff";
        headers.ContentDisposition = Disposition(twin);
        var type = twin.Fragments["contentType"] is JsonValue named && named.TryGetValue<string>(out var text) ? text : twin.Type ?? "";
        type = MediaTypeHeaderValue.TryParse(type, out _) && type.All(c => c is >= ' ' and < (char)127) ? type : "application/octet-stream";
        var (from, count) = (0L, binary.Length);
        var status = StatusCodes.Status200OK;
        if (ByteRange.Find(context.Request, binary.Length) is { } range)
        {
            if (!range.IsSatisfiable)
            {
                headers.ContentRange = $"bytes */{binary.Length}";
                return CumulocityAnswer.Empty(StatusCodes.Status416RangeNotSatisfiable);
            }

            (from, count, status) = (range.From, range.Count, StatusCodes.Status206PartialContent);
            headers.ContentRange = $"bytes {from}-{from + count - 1}/{binary.Length}";
        }

        context.Response.ContentLength = count;
        return CumulocityAnswer.Other(
            status,
            type,
            async response =>
            {
                await foreach (var piece in binaries.ReadAsync(request.Tenant, binary, from, count, request.Cancellation))
                {
                    await response.Response.Body.WriteAsync(piece, request.Cancellation);
                }
            }
        );
    }

    private async Task<CumulocityAnswer> DeleteAsync(CumulocityRequest request)
    {
        var (twin, _) = await GetAsync(request);
        await writes.DeleteAsync(request, twin.Id, Cascade.Subgroups, withUser: false);
        cursors.Forget(request.Tenant);
        return CumulocityAnswer.NoContent;
    }

    private async Task<(DeviceTwin Twin, Binary Binary)> GetAsync(CumulocityRequest request)
    {
        var twin = (await objects.GetAsync(request, request["id"])).Value;
        return await binaries.FindAsync(request.Tenant, twin.Id, request.Cancellation) is { } binary
            ? (twin, binary)
            : throw CumulocityErrors.ObjectNotFound(twin.Id);
    }

    private static BinaryUpload Begin(CumulocityRequest request)
    {
        if (request.Context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = BinaryStore.MaxLength + FormOverhead;
        }

        return BinaryUpload.Of(request);
    }

    private async Task PutAsync(
        CumulocityRequest request,
        string id,
        Stream content,
        bool replaces,
        Func<Binary, IReadOnlyList<DocumentWrite>, Task> commit
    )
    {
        try
        {
            await binaries.PutAsync(request.Tenant, id, content, replaces, commit, request.Cancellation);
        }
        catch (BinaryTooLargeException large)
        {
            throw new CumulocityException(StatusCodes.Status413PayloadTooLarge, "inventory/Payload Too Large", large.Message);
        }
        catch (DomainException refusal)
        {
            throw ManagedObjects.Refused(refusal, id);
        }
    }

    /// <summary>The object as its form says it, with what the bytes are.</summary>
    private static ManagedObjectInput Input(BinaryUpload upload, Binary binary)
    {
        var body = upload.Described.DeepClone().AsObject();
        if (body["name"] is null && upload.FileName is { } name)
        {
            body["name"] = name;
        }

        body["type"] = upload.ContentType;
        body["contentType"] = upload.ContentType;
        body["length"] = binary.Length;
        body[ShownFragments.IsBinary] = new JsonObject();
        return ManagedObjectInput.Read(body);
    }

    private static string Disposition(DeviceTwin twin)
    {
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(twin.IsUnnamed == true ? twin.Id : twin.Name);
        return disposition.ToString();
    }

    private static JsonObject Show(DeviceTwin twin, SelfUrls urls)
    {
        var shown = ManagedObjectJson.Of(twin, urls);
        shown["self"] = SelfOf(twin.Id, urls);
        return shown;
    }

    private static string SelfOf(string id, SelfUrls urls) => urls.Of($"{Path}/{id}");
}
