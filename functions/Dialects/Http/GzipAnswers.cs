using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Serverless.Dialects.Http;

/// <summary>Answers that are compressed by gzip where they are long and the client takes it (RFC 9110, section 12.5.3).</summary>
public static class GzipAnswers
{
    /// <summary>Sends a whole answer; its status and type are set.</summary>
    /// <param name="context">The request.</param>
    /// <param name="body">The answer.</param>
    /// <param name="above">Only an answer of more bytes than this is compressed.</param>
    public static async Task WriteAsync(HttpContext context, ChunkedBuffer body, int above)
    {
        var response = context.Response;
        response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        if (body.Length > above && IsAccepted(context.Request))
        {
            response.Headers.ContentEncoding = "gzip";
            if (HttpMethods.IsHead(context.Request.Method))
            {
                return;
            }

            await using var compressed = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
            foreach (var chunk in body.Written)
            {
                await compressed.WriteAsync(chunk, context.RequestAborted);
            }

            return;
        }

        response.ContentLength = body.Length;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        foreach (var chunk in body.Written)
        {
            await response.Body.WriteAsync(chunk, context.RequestAborted);
        }
    }

    /// <summary>Whether the client takes gzip, and likes it no less than what is not compressed.</summary>
    public static bool IsAccepted(HttpRequest request)
    {
        double? gzip = null;
        double? identity = null;
        double? any = null;
        foreach (var coding in request.GetTypedHeaders().AcceptEncoding)
        {
            var quality = coding.Quality ?? 1;
            switch (coding.Value.Value?.ToLowerInvariant())
            {
                case "gzip" or "x-gzip":
                    gzip = Math.Max(gzip ?? 0, quality);
                    break;
                case "identity":
                    identity = quality;
                    break;
                case "*":
                    any = quality;
                    break;
                default:
                    break;
            }
        }

        return (gzip ?? any) is > 0 and var wanted && wanted >= (identity ?? 0);
    }
}
