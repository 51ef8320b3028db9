using Microsoft.AspNetCore.Http;

namespace Serverless.Dialects.Influx;

/// <summary>The headers of every answer.</summary>
internal static class InfluxHeaders
{
    /// <summary>The version that clients see: they choose by it what they send.</summary>
    public const string Version = "1.8.10";

    private const int LongestId = 200;

    public static void AddVersion(HttpResponse response)
    {
        response.Headers["X-Influxdb-Version"] = Version;
        response.Headers["X-Influxdb-Build"] = "OSS";
    }

    /// <summary>Adds the request's id, which the client may give, and what a browser asks of another origin.</summary>
    public static void AddRequest(HttpContext context)
    {
        var (asked, headers) = (context.Request.Headers, context.Response.Headers);
        var id = Given(asked["X-Request-Id"]) ?? Given(asked["Request-Id"]) ?? Guid.CreateVersion7().ToString();
        headers["Request-Id"] = id;
        headers["X-Request-Id"] = id;
        if (asked.Origin.FirstOrDefault() is { Length: > 0 } origin && IsPlain(origin))
        {
            headers.AccessControlAllowOrigin = origin;
            headers.AccessControlAllowMethods = "DELETE, GET, OPTIONS, POST, PUT";
            headers.AccessControlAllowHeaders =
                "Accept, Accept-Encoding, Authorization, Content-Length, Content-Type, X-CSRF-Token, X-HTTP-Method-Override";
            headers.AccessControlExposeHeaders = "Date, X-InfluxDB-Version, X-InfluxDB-Build";
        }
    }

    /// <summary>Text as a header takes it: line ends are spaces, and what is not ASCII is a question mark.</summary>
    public static string Plain(string text) =>
        string.Create(
            Math.Min(text.Length, 1024),
            text,
            static (target, source) =>
            {
                for (var i = 0; i < target.Length; i++)
                {
                    target[i] =
                        source[i] is '\r' or '\n' or '\t' ? ' '
                        : source[i] is >= ' ' and <= '~' ? source[i]
                        : '?';
                }
            }
        );

    private static string? Given(string? id) => id is { Length: > 0 and <= LongestId } && IsPlain(id) ? id : null;

    private static bool IsPlain(string text) => text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0;
}
