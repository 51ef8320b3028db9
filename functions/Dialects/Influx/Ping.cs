using Microsoft.AspNetCore.Http;

namespace Serverless.Dialects.Influx;

/// <summary>/ping, which is open to all: 204, or with verbose 200 and the version.</summary>
internal static class Ping
{
    public static async Task HandleAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "application/json";
        if (context.Request.Query["verbose"].FirstOrDefault() is null or "" or "0" or "false")
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var body = $$"""{"version":"{{InfluxHeaders.Version}}"}""";
        response.ContentLength = body.Length;
        await response.WriteAsync(body, context.RequestAborted);
    }
}
