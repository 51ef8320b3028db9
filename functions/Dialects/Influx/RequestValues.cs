using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Serverless.Dialects.Http;

namespace Serverless.Dialects.Influx;

/// <summary>The parameters of a request: those of a form in its body, then those of the URL.</summary>
internal sealed class RequestValues
{
    /// <summary>The most bytes of a form.</summary>
    public const int MaxBody = 10 << 20;

    private static readonly FormOptions Options = new()
    {
        BufferBodyLengthLimit = MaxBody,
        MultipartBodyLengthLimit = MaxBody,
        ValueLengthLimit = MaxBody,
        MemoryBufferThreshold = MaxBody,
    };

    private readonly IQueryCollection url;
    private readonly IFormCollection form;

    private RequestValues(IQueryCollection url, IFormCollection form) => (this.url, this.form) = (url, form);

    /// <summary>The first value of that name; empty for none.</summary>
    public string this[string name] => (form.TryGetValue(name, out StringValues values) ? values : url[name]).FirstOrDefault() ?? "";

    /// <summary>Reads them. A body that is no form, or a broken one, has none.</summary>
    /// <exception cref="BodyTooLargeException">The form is larger than <see cref="MaxBody"/>.</exception>
    public static async Task<RequestValues> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (!HttpMethods.IsPost(request.Method) || !request.HasFormContentType)
        {
            return new RequestValues(request.Query, FormCollection.Empty);
        }

        if (request.ContentLength > MaxBody)
        {
            throw new BodyTooLargeException(MaxBody);
        }

        try
        {
            return new RequestValues(request.Query, await request.ReadFormAsync(Options, cancellation));
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException and not BadHttpRequestException)
        {
            return new RequestValues(request.Query, FormCollection.Empty);
        }
    }

    /// <summary>The query: the parameter q, or a file of that name; null for none.</summary>
    public async Task<string?> ReadQueryAsync(CancellationToken cancellation)
    {
        var text = this["q"].Trim();
        if (text.Length > 0 || form.Files.GetFile("q") is not { } file)
        {
            return text.Length > 0 ? text : null;
        }

        using var reader = new StreamReader(file.OpenReadStream(), Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellation);
    }
}
