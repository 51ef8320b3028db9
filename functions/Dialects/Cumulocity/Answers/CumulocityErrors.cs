using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Dialects.Http;
using Serverless.Domain;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Cumulocity.Answers;

/// <summary>A request that the API refuses.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="error">The kind of error, such as inventory/Not Found.</param>
/// <param name="message">What is wrong, for people.</param>
internal sealed class CumulocityException(int status, string error, string message) : Exception(message)
{
    public int Status => status;

    public string Error => error;
}

/// <summary>Errors as {"error","message","info"}, with the vendor's texts where they are known (reference 1.1).</summary>
internal static class CumulocityErrors
{
    private const string Info = "https://www.cumulocity.com/guides/reference-guide/#error_reporting";

    public static CumulocityException Unauthorized { get; } =
        new(StatusCodes.Status401Unauthorized, "security/Unauthorized", "Invalid credentials! : Bad credentials");

    public static CumulocityException Forbidden { get; } = new(StatusCodes.Status403Forbidden, "security/Forbidden", "Access is denied.");

    public static CumulocityException NotFound(string area, string message) =>
        new(StatusCodes.Status404NotFound, $"{area}/Not Found", message);

    public static CumulocityException ObjectNotFound(string id) =>
        NotFound("inventory", $"Finding device data from database failed : No managedObject for id '{id}'!");

    public static CumulocityException Invalid(string area, string message) =>
        new(StatusCodes.Status422UnprocessableEntity, $"{area}/Invalid Data", message);

    public static CumulocityException Duplicate(string error, string message) => new(StatusCodes.Status409Conflict, error, message);

    /// <summary>Members that a body must have and has not.</summary>
    public static CumulocityException MissingFields(IEnumerable<string> fields) =>
        new(
            StatusCodes.Status422UnprocessableEntity,
            "undefined/validationError",
            $"Following mandatory fields should be included: {string.Join(',', fields)}"
        );

    /// <summary>The part of the API that a request is for: the first segment of its path.</summary>
    public static string AreaOf(HttpContext context)
    {
        var path = context.Request.Path.Value!.TrimStart('/');
        var area = path.Split('/')[0].ToLowerInvariant();
        return area.Length == 0 ? "general" : area;
    }

    /// <summary>Runs a handler; what it throws becomes this API's error.</summary>
    public static async Task GuardAsync(HttpContext context, Func<Task> handler)
    {
        try
        {
            await handler();
        }
        catch (Exception failure) when (!context.Response.HasStarted && Find(context, failure) is { } error)
        {
            await WriteAsync(context, error);
        }
    }

    public static Task WriteAsync(HttpContext context, CumulocityException error)
    {
        if (error.Status == StatusCodes.Status401Unauthorized)
        {
            // A browser shows its own dialogue for a scheme that it knows; applications ask for one that it does not.
            var scheme = context.Request.Headers["UseXBasic"].ToString() == "true" ? "XBasic" : "Basic";
            context.Response.Headers.WWWAuthenticate = $"{scheme} realm=\"Cumulocity\"";
        }

        if (error.Status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        context.Response.StatusCode = error.Status;
        context.Response.ContentType = MediaTypes.Vendor("error");
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(Body(error), context.RequestAborted).AsTask();
    }

    private static byte[] Body(CumulocityException error)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonResponses.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("error", error.Error);
            writer.WriteString("message", error.Message);
            writer.WriteString("info", Info);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>An exception as an error, or null where it is none that a request can cause.</summary>
    public static CumulocityException? Find(HttpContext context, Exception failure)
    {
        var area = AreaOf(context);
        return failure switch
        {
            CumulocityException own => own,
            DomainException { Refusal: Refusal.NotFound } => NotFound(area, failure.Message),
            DomainException { Refusal: Refusal.Exists } => Duplicate($"{area}/Duplicate", failure.Message),
            DomainException { Refusal: Refusal.PreconditionFailed } => Duplicate($"{area}/conflict", failure.Message),
            DomainException { Refusal: Refusal.Forbidden } => new(StatusCodes.Status403Forbidden, "security/Forbidden", failure.Message),
            DomainException => Invalid(area, failure.Message),
            StoreConflictException => Duplicate($"{area}/conflict", "Somebody else has changed it at this moment: try again."),
            BodyTooLargeException => new(StatusCodes.Status413PayloadTooLarge, $"{area}/Payload Too Large", failure.Message),
            BadHttpRequestException bad => new(bad.StatusCode, $"{area}/Bad Request", bad.Message),
            InvalidDataException => new(StatusCodes.Status400BadRequest, $"{area}/Bad Request", failure.Message),
            StoreUnavailableException => new(
                StatusCodes.Status503ServiceUnavailable,
                $"{area}/Service Unavailable",
                "The data store cannot be reached: try again."
            ),
            _ => null,
        };
    }
}
