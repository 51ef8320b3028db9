using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain;
using Serverless.Domain.Binaries;
using Serverless.Domain.DeviceEvents;

namespace Serverless.Dialects.Cumulocity.Events;

/// <summary>/event/events/{id}/binaries: the file of an event (reference 1.6).</summary>
internal sealed class EventFileRoutes(EventDirectory events, BinaryStore binaries, SourceObjects sources) : ICumulocityRoutes
{
    private const string Path = "/event/events/{id}/binaries";

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

        try
        {
            var file = await EventFile.ReadAsync(request);
            var changed = await events.AttachAsync(
                request.Tenant,
                happened.Id,
                file.Name ?? happened.Id,
                file.Type,
                file.Content,
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
            file.Type,
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
