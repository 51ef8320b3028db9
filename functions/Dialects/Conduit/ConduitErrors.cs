using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Serverless.Dialects.Http;
using Serverless.Domain;
using Serverless.Domain.Documents;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Conduit;

/// <summary>
/// Conduit's answers without a resource (seed, "Error and Status messages"): an error is {"code":"405","error":"Method Not Allowed"} with its code as a string, a status
/// {"code":200,"error":"…"} with its code as a number. The text is that of the seed's table, with what is wrong behind a colon [I].
/// </summary>
internal static partial class ConduitErrors
{
    public static Task WriteAsync(HttpContext context, int status, string? detail = null) =>
        JsonResponses.WriteAsync(
            context.Response,
            status,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("code", status.ToString());
                writer.WriteString("error", detail is null ? TextOf(status) : $"{TextOf(status)}: {detail}");
                writer.WriteEndObject();
            }
        );

    /// <summary>The answer to a request that was done and has nothing to show.</summary>
    public static Task WriteDoneAsync(HttpContext context) =>
        JsonResponses.WriteAsync(
            context.Response,
            StatusCodes.Status200OK,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("code", StatusCodes.Status200OK);
                writer.WriteString("error", "Completed successfully");
                writer.WriteEndObject();
            }
        );

    public static Task WriteUnauthorizedAsync(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return WriteAsync(context, StatusCodes.Status401Unauthorized, "Authentication failed");
    }

    /// <param name="context">The request.</param>
    /// <param name="wait">When the next request may come.</param>
    public static Task WriteTooManyAsync(HttpContext context, TimeSpan wait)
    {
        context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString();
        return WriteAsync(context, StatusCodes.Status429TooManyRequests);
    }

    /// <summary>Runs a handler; what it throws becomes this API's error.</summary>
    public static async Task GuardAsync(HttpContext context, ILogger logger, Func<Task> handler)
    {
        try
        {
            await handler();
        }
        catch (Exception failure) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            var (status, detail) = failure switch
            {
                DomainException refused => (StatusOf(refused.Refusal), refused.Message),
                BodyTooLargeException or AnswerTooLargeException => (StatusCodes.Status413PayloadTooLarge, failure.Message),
                InvalidDataException or PayloadException => (StatusCodes.Status400BadRequest, failure.Message),
                BadHttpRequestException broken => (broken.StatusCode, null),
                StoreUnavailableException => (StatusCodes.Status503ServiceUnavailable, null),
                _ => (StatusCodes.Status500InternalServerError, null),
            };
            if (status == StatusCodes.Status500InternalServerError)
            {
                Failed(logger, failure, context.Request.Method, context.Request.Path);
            }

            if (status == StatusCodes.Status503ServiceUnavailable)
            {
                context.Response.Headers.RetryAfter = "1";
            }

            await WriteAsync(context, status, detail);
        }
    }

    private static int StatusOf(Refusal refusal) =>
        refusal switch
        {
            Refusal.Forbidden => StatusCodes.Status403Forbidden,
            Refusal.NotFound => StatusCodes.Status404NotFound,
            _ => StatusCodes.Status400BadRequest,
        };

    private static string TextOf(int status) =>
        status switch
        {
            StatusCodes.Status401Unauthorized => "Unauthorized",
            StatusCodes.Status403Forbidden => "Forbidden",
            StatusCodes.Status404NotFound => "Requested resource not found",
            StatusCodes.Status405MethodNotAllowed => "Method Not Allowed",
            StatusCodes.Status413PayloadTooLarge => "Request Too Large",
            StatusCodes.Status429TooManyRequests => "Too Many Requests",
            StatusCodes.Status500InternalServerError => "Internal Server Error",
            StatusCodes.Status503ServiceUnavailable => "Service Unavailable",
            _ => "Bad Request",
        };

    [LoggerMessage(520, LogLevel.Error, "{Method} {Path} failed unexpectedly")]
    private static partial void Failed(ILogger logger, Exception failure, string method, string path);
}

/// <summary>An answer would be larger than the tenant's settings allow.</summary>
internal sealed class AnswerTooLargeException(string message) : Exception(message);
