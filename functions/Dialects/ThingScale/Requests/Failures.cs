using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Http;
using Serverless.Domain;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.ThingScale.Requests;

/// <summary>Exceptions as errors of this API. What is not known here is no fault of the request and goes on to the host.</summary>
internal static class Failures
{
    /// <summary>Runs a handler; what it throws is written as an error.</summary>
    /// <param name="context">The request.</param>
    /// <param name="handler">The handler.</param>
    /// <param name="write">How this door writes errors.</param>
    public static async Task GuardAsync(HttpContext context, Func<Task> handler, Func<HttpContext, ThingScaleError, Task> write)
    {
        try
        {
            await handler();
        }
        catch (Exception failure) when (!context.Response.HasStarted && Find(failure) is { } error)
        {
            if (error == ThingScaleError.Unavailable)
            {
                context.Response.Headers.RetryAfter = "1";
            }

            await write(context, error);
        }
    }

    /// <summary>Writes {"error":"CODE"}.</summary>
    public static Task WriteAsync(HttpContext context, ThingScaleError error) =>
        JsonResponses.WriteAsync(
            context.Response,
            error.Status,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("error", error.Code);
                writer.WriteEndObject();
            }
        );

    private static ThingScaleError? Find(Exception failure) =>
        failure switch
        {
            ThingScaleException refused => refused.Error,
            DomainException domain => domain.Refusal switch
            {
                Refusal.Forbidden => ThingScaleError.Forbidden,
                Refusal.NotFound => ThingScaleError.NoDevice,
                Refusal.Exists => ThingScaleError.DeviceInUse,
                Refusal.PreconditionFailed => ThingScaleError.Conflict,
                _ => ThingScaleError.BadJson,
            },
            BodyTooLargeException => ThingScaleError.TooLarge,
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => ThingScaleError.TooLarge,
            BadHttpRequestException => ThingScaleError.BadParameter,
            StoreConflictException => ThingScaleError.Conflict,
            StoreUnavailableException => ThingScaleError.Unavailable,
            _ => null,
        };
}
