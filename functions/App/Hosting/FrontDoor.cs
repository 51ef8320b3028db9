using System.Net;

namespace Serverless.App.Hosting;

/// <summary>
/// Gives a request that came through our Front Door the address, the host and the scheme that its caller used. Anybody can send these headers, and every customer's
/// Front Door comes from the same addresses; only X-Azure-FDID, which Front Door sets itself, tells that it is ours.
/// </summary>
/// <remarks>Headers: https://learn.microsoft.com/azure/frontdoor/front-door-http-headers-protocol.</remarks>
internal static class FrontDoor
{
    /// <param name="app">The pipeline; whatever reads the caller's address comes after this.</param>
    /// <param name="id">The id of our Front Door profile.</param>
    public static IApplicationBuilder UseFrontDoor(this IApplicationBuilder app, Guid id) =>
        app.Use(
            (context, next) =>
            {
                Apply(context, id);
                return next(context);
            }
        );

    private static void Apply(HttpContext context, Guid id)
    {
        var headers = context.Request.Headers;
        if (headers["X-Azure-FDID"] is not [var sent] || !Guid.TryParse(sent, out var door) || door != id)
        {
            return;
        }

        context.Request.Scheme = Uri.UriSchemeHttps;

        // The address of the connection that Front Door took: X-Forwarded-For and X-Azure-ClientIP begin with what the caller claims.
        if (IPAddress.TryParse(headers["X-Azure-SocketIP"], out var caller))
        {
            context.Connection.RemoteIpAddress = caller;
        }

        if (
            headers["X-Forwarded-Host"] is [{ Length: > 0 } host]
            && Uri.CheckHostName(new HostString(host).Host) != UriHostNameType.Unknown
        )
        {
            context.Request.Host = new HostString(host);
        }
    }
}
