using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Inventory.Binaries;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain;
using Serverless.Domain.Binaries;
using Serverless.Domain.DeviceEvents;

namespace Serverless.Dialects.Cumulocity.Events;

/// <summary>/event/events/{id}/binaries: the file of an event (reference 1.6).</summary>
internal sealed class EventFileRoutes(EventDirectory events, BinaryStore binaries, SourceObjects sources) : ICumulocityRoutes
{
    private const string Path = "/event/events/{id}/binaries";
    private const int LongestText = 1024;
    private const string Untyped = "application/octet-stream";

    public IEnumerable<CumulocityRoute> All()
    {
        yield return new CumulocityRoute("POST", Path, Permission.Write, request => PutAsync(request, replaces: false));
        yield return new CumulocityRoute("PUT", Path, Permission.Write, request => PutAsync(request, replaces: true));
        yield return new CumulocityRoute("GET", Path, Permission.Read, GetAsync) { Produces = ["*/*"] };
        yield return new CumulocityRoute("DELETE", Path, Permission.Write, DeleteAsync);
    }

    private static CumulocityException NoFile => new(StatusCodes.Status404NotFound, "Not Found", "Attachment not found");

    private async Task<CumulocityAnswer> PutAsync(CumulocityRequest request, bool replaces)
    {
        var (happened, _) = await EventRoutes.FindAsync(request, events, sources, writes: true);
        if (!replaces && happened.Attachment is not null)
        {
            throw Exists;
        }

        if (request.Context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            // A form has some bytes more than its file; the file itself is measured as it is stored.
            limit.MaxRequestBodySize = BinaryStore.MaxLength + (1 << 20);
        }

        try
        {
            var upload = BinaryUpload.Of(request);
            var content = await upload.OpenAsync() ?? throw request.Invalid("The form has no part named file.");
            var changed = await events.AttachAsync(
                request.Tenant,
                happened.Id,
                content,
                () => DescribeAsync(request, upload, happened.Id),
                replaces,
                request.Cancellation
            );
            var document = EventJson.OfFile(changed, request.Urls);
            return CumulocityAnswer.Created(document, "", (string)document["self"]!);
        }
        catch (DomainException refused) when (refused.Refusal == Refusal.Exists)
        {
            throw Exists;
        }
        catch (DomainException gone) when (gone.Refusal == Refusal.NotFound)
        {
            throw EventRoutes.NotFound;
        }
        catch (BinaryTooLargeException large)
        {
            throw new CumulocityException(StatusCodes.Status413PayloadTooLarge, "event/Payload Too Large", large.Message);
        }
    }

    /// <summary>The name and media type: as the form's object says them, else as the part or the headers do; else the event's id, and no type in particular.</summary>
    private static async Task<(string Name, string Type)> DescribeAsync(CumulocityRequest request, BinaryUpload upload, string id)
    {
        await upload.FinishAsync();
        var about = upload.Described;
        return (
            TextOf(request, about["name"]) ?? Checked(request, upload.FileName) ?? id,
            TextOf(request, about["type"]) ?? Checked(request, upload.FileType) ?? upload.ContentType
        );
    }

    private static string? TextOf(CumulocityRequest request, JsonNode? member) =>
        member switch
        {
            null => null,
            JsonValue value when value.TryGetValue<string>(out var text) => Checked(request, text),
            _ => throw request.Invalid("The name and type of the form's object are strings."),
        };

    private static string? Checked(CumulocityRequest request, string? text) =>
        string.IsNullOrEmpty(text) ? null
        : text.Length <= LongestText && !text.Any(char.IsControl) ? text
        : throw request.Invalid($"A file's name and type have at most {LongestText} characters, and no control characters.");

    private static CumulocityException Exists => CumulocityErrors.Duplicate("Duplicate", "Attachment already exists");

    private async Task<CumulocityAnswer> GetAsync(CumulocityRequest request)
    {
        var (happened, _) = await EventRoutes.FindAsync(request, events, sources, writes: false);
        if (
            happened.Attachment is not { } file
            || await binaries.FindAsync(request.Tenant, happened.BinaryId, request.Cancellation) is not { } binary
        )
        {
            throw NoFile;
        }

        return CumulocityAnswer.Other(
            StatusCodes.Status200OK,
            file.Type.All(char.IsAscii) && MediaTypeHeaderValue.TryParse(file.Type, out _) ? file.Type : Untyped,
            async context =>
            {
                var disposition = new ContentDispositionHeaderValue("attachment");
                disposition.SetHttpFileName(file.Name);
                context.Response.Headers.ContentDisposition = disposition.ToString();

                // It is whatever somebody has sent: no browser is to take it for a page of this host.
                context.Response.Headers.XContentTypeOptions = "nosniff";
                context.Response.ContentLength = binary.Length;
                var pieces = binaries.ReadAsync(request.Tenant, binary, 0, binary.Length, context.RequestAborted);
                await foreach (var piece in pieces)
                {
                    await context.Response.Body.WriteAsync(piece, context.RequestAborted);
                }
            }
        );
    }

    private async Task<CumulocityAnswer> DeleteAsync(CumulocityRequest request)
    {
        var (happened, _) = await EventRoutes.FindAsync(request, events, sources, writes: true);
        try
        {
            return await events.DetachAsync(request.Tenant, happened.Id, request.Cancellation) ? CumulocityAnswer.NoContent : throw NoFile;
        }
        catch (DomainException gone) when (gone.Refusal == Refusal.NotFound)
        {
            throw EventRoutes.NotFound;
        }
    }
}
