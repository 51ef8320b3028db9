using Serverless.Domain.Documents;

namespace Serverless.App.Hosting;

/// <summary>The last net: what no dialect expected is logged with its stack and answered without one, as problem+json with the member error that vendors' clients look for.</summary>
internal static partial class UnexpectedErrors
{
    public static async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception failure) when (IsOurs(failure, context))
        {
            var away = IsAway(failure);
            var logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(UnexpectedErrors));
            Failed(logger, failure, context.Request.Method, context.Request.Path);
            context.Response.StatusCode = away ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError;
            context.Response.ContentType = "application/problem+json";
            await context.Response.WriteAsync(
                away
                    ? """{"type":"/problems/unavailable","title":"The store does not answer","status":503,"error":"unavailable"}"""
                    : """{"type":"/problems/unexpected","title":"An unexpected error","status":500,"error":"unexpected error"}""",
                context.RequestAborted
            );
        }
    }

    private static bool IsAway(Exception failure) =>
        failure is StoreUnavailableException || (failure is AggregateException several && several.InnerExceptions.All(IsAway));

    /// <summary>A request that the client has given up or that is no HTTP is the server's to end, and an answer that has begun cannot become another.</summary>
    private static bool IsOurs(Exception failure, HttpContext context) =>
        !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested && failure is not BadHttpRequestException;

    [LoggerMessage(30, LogLevel.Error, "{Method} {Path} failed unexpectedly")]
    private static partial void Failed(ILogger logger, Exception failure, string method, string path);
}
