using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
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

        var name = ContentDispositionHeaderValue.TryParse(http.Headers.ContentDisposition.ToString(), out var disposition)
            ? HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value
            : null;
        return new EventFile(Checked(request, name), Checked(request, TypeOf(http.ContentType)) ?? Unknown, http.Body);
    }

    private static async Task<EventFile> ReadFormAsync(CumulocityRequest request)
    {
        var form = await FormOfAsync(request);
        var file = form.Files.GetFile("file") ?? throw request.Invalid("The form has no part named file with a file name.");
        var about = await ObjectOfAsync(request, form);
        return new EventFile(
            TextOf(request, about, "name") ?? Checked(request, file.FileName),
            TextOf(request, about, "type") ?? Checked(request, TypeOf(file.ContentType)) ?? Unknown,
            file.OpenReadStream()
        );
    }

    private static async Task<IFormCollection> FormOfAsync(CumulocityRequest request)
    {
        var options = new FormOptions { MultipartBodyLengthLimit = MostBytes, MemoryBufferThreshold = InMemory };
        try
        {
            return await new FormFeature(request.Context.Request, options).ReadFormAsync(request.Cancellation);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw request.Invalid($"The form is broken: {broken.Message}");
        }
    }

    private static async Task<JsonObject?> ObjectOfAsync(CumulocityRequest request, IFormCollection form)
    {
        if (form.TryGetValue("object", out var text) && text.Count > 0)
        {
            return RequestBodies.ParseObject(Encoding.UTF8.GetBytes(text[0] ?? ""));
        }

        if (form.Files.GetFile("object") is not { } part)
        {
            return null;
        }

        if (part.Length > InMemory)
        {
            throw request.Invalid($"The form's part object has at most {InMemory} bytes.");
        }

        using var bytes = new MemoryStream();
        await part.CopyToAsync(bytes, request.Cancellation);
        return RequestBodies.ParseObject(bytes.ToArray());
    }

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
