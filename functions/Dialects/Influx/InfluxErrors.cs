using Microsoft.AspNetCore.Http;
using Serverless.InfluxQL.Results;

namespace Serverless.Dialects.Influx;

/// <summary>Errors of whole requests: {"error":"…"}, or its like in the form that the client asks for, with the text in a header too.</summary>
internal static class InfluxErrors
{
    public const string TooLarge = "Request Entity Too Large";

    public static async Task WriteAsync(HttpContext context, int status, string message)
    {
        var response = context.Response;
        response.StatusCode = status;
        if (status != StatusCodes.Status401Unauthorized)
        {
            response.Headers["X-Influxdb-Error"] = InfluxHeaders.Plain(message);
        }

        var (options, contentType) = AnswerForm.Of(context.Request);
        response.ContentType = contentType;
        await ResultWriter.WriteErrorAsync(response.BodyWriter, options, message, context.RequestAborted);
    }

    /// <summary>Writes a line of text, as the real server does where no handler of its own is reached.</summary>
    public static async Task WriteTextAsync(HttpContext context, int status, string message)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.XContentTypeOptions = "nosniff";
        response.ContentLength = message.Length + 1;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.WriteAsync(message + "\n", context.RequestAborted);
        }
    }
}
