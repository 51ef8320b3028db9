using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Serverless.Dialects.Http;

namespace Serverless.Dialects.Influx;

/// <summary>The parameters of a request: those of a form in its body and those of the URL. Of both, a form's counts; but that of a multipart form only where the URL has none.</summary>
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

    private readonly Dictionary<string, StringValues> values;
    private readonly IFormFileCollection? files;

    private RequestValues(
        IEnumerable<KeyValuePair<string, StringValues>> first,
        IEnumerable<KeyValuePair<string, StringValues>> second,
        IFormFileCollection? files = null
    )
    {
        values = new(first, StringComparer.Ordinal);
        foreach (var (name, value) in second)
        {
            values.TryAdd(name, value);
        }

        this.files = files;
    }

    /// <summary>The first value of that name; empty for none.</summary>
    public string this[string name] => values.TryGetValue(name, out var found) ? found.FirstOrDefault() ?? "" : "";

    /// <summary>Reads them. A body that is no form, or a broken one, has none.</summary>
    /// <exception cref="BodyTooLargeException">The form is larger than <see cref="MaxBody"/>.</exception>
    public static async Task<RequestValues> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (!HttpMethods.IsPost(request.Method) || !request.HasFormContentType)
        {
            return new RequestValues(request.Query, []);
        }

        if (!request.ContentType!.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase))
        {
            return new RequestValues(UrlValues.Read(await RequestBodies.ReadAsync(request, MaxBody, cancellation)), request.Query);
        }

        if (request.ContentLength > MaxBody)
        {
            throw new BodyTooLargeException(MaxBody);
        }

        try
        {
            var form = await request.ReadFormAsync(Options, cancellation);
            return new RequestValues(request.Query, form, form.Files);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException and not BadHttpRequestException)
        {
            return new RequestValues(request.Query, []);
        }
    }

    /// <summary>The query: the parameter q, or a file of that name; null for none.</summary>
    public async Task<string?> ReadQueryAsync(CancellationToken cancellation)
    {
        var text = this["q"].Trim();
        if (text.Length > 0 || files?.GetFile("q") is not { } file)
        {
            return text.Length > 0 ? text : null;
        }

        using var reader = new StreamReader(file.OpenReadStream(), Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellation);
    }
}
