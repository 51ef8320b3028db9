using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Dialects.Http;
using Serverless.Domain.Binaries;

namespace Serverless.Dialects.Cumulocity.Events;

/// <summary>A file that is sent for an event: the body as it is, or a form with the parts object ({"name","type"}) and file, in whichever order (reference 1.6).</summary>
/// <param name="Name">Its name, or null where nobody says one.</param>
/// <param name="Type">Its media type.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record EventFile(string? Name, string Type, Stream Content)
{
    private const string Unknown = "application/octet-stream";
    private const int LongestText = 1024;
    private const int InMemory = 64 << 10;

    // A form has some bytes more than its file; the file itself is measured as it is stored.
    private const long MostBytes = BinaryStore.MaxLength + (1 << 20);

    /// <summary>Reads a request. What a form holds beyond some bytes waits in a temporary file that ends with the request.</summary>
    /// <exception cref="CumulocityException">The form is broken or has no file, or its object is none.</exception>
    public static async Task<EventFile> ReadAsync(CumulocityRequest request)
    {
        var http = request.Context.Request;
        if (request.Context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MostBytes;
        }

        if (request.ContentType == "multipart/form-data")
        {
            return await ReadFormAsync(request);
        }

        var disposition = DispositionOf(http.Headers.ContentDisposition);
        return new EventFile(Checked(request, NameIn(disposition)), Checked(request, TypeOf(http.ContentType)) ?? Unknown, http.Body);
    }

    /// <summary>The header as it is meant; null where it is none.</summary>
    private static ContentDispositionHeaderValue? DispositionOf(string? header) =>
        ContentDispositionHeaderValue.TryParse(header, out var disposition) ? disposition : null;

    /// <summary>Reads the parts by hand: the official client sends its file without a file name, which ASP.NET would take for text.</summary>
    private static async Task<EventFile> ReadFormAsync(CumulocityRequest request)
    {
        var (about, file) = ((JsonObject?)null, (EventFile?)null);
        try
        {
            var reader = new MultipartReader(BoundaryOf(request), request.Context.Request.Body);
            while (await reader.ReadNextSectionAsync(request.Cancellation) is { } part)
            {
                var disposition = DispositionOf(part.ContentDisposition);
                switch (HeaderUtilities.RemoveQuotes(disposition?.Name ?? default).Value)
                {
                    case "object":
                        about = await ReadObjectAsync(request, part.Body);
                        break;
                    case "file":
                        var type = Checked(request, TypeOf(part.ContentType)) ?? Unknown;
                        file = new EventFile(Checked(request, NameIn(disposition)), type, await KeepAsync(request, part.Body));
                        break;
                    default:
                        break;
                }
            }
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw request.Invalid($"The form is broken: {broken.Message}");
        }

        return file is null
            ? throw request.Invalid("The form has no part named file.")
            : file with
            {
                Name = TextOf(request, about, "name") ?? file.Name,
                Type = TextOf(request, about, "type") ?? file.Type,
            };
    }

    private static string BoundaryOf(CumulocityRequest request) =>
        MediaTypeHeaderValue.TryParse(request.Context.Request.ContentType, out var type)
        && HeaderUtilities.RemoveQuotes(type.Boundary).Value is { Length: > 0 } boundary
            ? boundary
            : throw request.Invalid("The form's content type names no boundary.");

    private static async Task<JsonObject> ReadObjectAsync(CumulocityRequest request, Stream part)
    {
        var buffer = new byte[InMemory + 1];
        var read = await part.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, request.Cancellation);
        return read > InMemory
            ? throw request.Invalid($"The form's part object has at most {InMemory} bytes.")
            : RequestBodies.ParseObject(buffer[..read]);
    }

    /// <summary>The object may come behind the file, and what is said there counts: the bytes wait.</summary>
    private static async Task<Stream> KeepAsync(CumulocityRequest request, Stream part)
    {
        var kept = new FileBufferingReadStream(part, InMemory, BinaryStore.MaxLength + 1, Path.GetTempPath());
        request.Context.Response.RegisterForDisposeAsync(kept);
        try
        {
            await kept.DrainAsync(request.Cancellation);
        }
        catch (IOException) when (kept.Length > BinaryStore.MaxLength)
        {
            throw new BinaryTooLargeException(BinaryStore.MaxLength);
        }

        kept.Position = 0;
        return kept;
    }

    private static string? NameIn(ContentDispositionHeaderValue? disposition) =>
        disposition is null
            ? null
            : HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value;

    private static string? TypeOf(string? header) => MediaTypeHeaderValue.TryParse(header, out var type) ? type.ToString() : null;

    private static string? TextOf(CumulocityRequest request, JsonObject? about, string member) =>
        about?[member] switch
        {
            null => null,
            JsonValue value when value.TryGetValue<string>(out var text) => Checked(request, text),
            _ => throw request.Invalid($"object.{member} is a string."),
        };

    private static string? Checked(CumulocityRequest request, string? text) =>
        string.IsNullOrEmpty(text) ? null
        : text.Length <= LongestText && !text.Any(char.IsControl) ? text
        : throw request.Invalid($"A file's name and type have at most {LongestText} characters, and no control characters.");
}
