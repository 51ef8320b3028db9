using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Serverless.Dialects.Http;
using Serverless.Domain;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Thingsee;

/// <summary>Errors as hapi's: {"statusCode","error","message"}, always with a body, which Haltian's apps parse before they look at the status (reference C, "Errors").</summary>
internal static class ThingseeErrors
{
    public static Task WriteAsync(HttpContext context, int status, string message) =>
        JsonResponses.WriteAsync(
            context.Response,
            status,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("statusCode", status);
                writer.WriteString("error", ReasonPhrases.GetReasonPhrase(status));
                writer.WriteString("message", message);
                writer.WriteEndObject();
            }
        );

    /// <summary>Runs a handler; what it throws becomes this API's error.</summary>
    public static async Task GuardAsync(HttpContext context, Func<Task> handler)
    {
        try
        {
            await handler();
        }
        catch (DomainException refused) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, StatusOf(refused.Refusal), refused.Message);
        }
        catch (BodyTooLargeException large) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, StatusCodes.Status413PayloadTooLarge, large.Message);
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, bad.StatusCode, bad.Message);
        }
        catch (StoreUnavailableException away) when (!context.Response.HasStarted)
        {
            context.Response.Headers.RetryAfter = "1";
            await WriteAsync(context, StatusCodes.Status503ServiceUnavailable, away.Message);
        }
    }

    private static int StatusOf(Refusal refusal) =>
        refusal switch
        {
            Refusal.NotFound => StatusCodes.Status404NotFound,
            Refusal.Exists or Refusal.PreconditionFailed => StatusCodes.Status409Conflict,
            Refusal.Forbidden => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status400BadRequest,
        };
}
