using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Serverless.Local.Mqtt.Server;

/// <summary>Serves MQTT over WebSocket (MQTT 3.1.1, section 6) on the HTTP port. The pipeline needs <c>UseWebSockets</c>.</summary>
public static class MqttWebSocketExtensions
{
    /// <summary>The path that MQTT clients ask for where they are not told another.</summary>
    public const string Path = "/mqtt";

    /// <summary>IoT Hub's path.</summary>
    public const string HubPath = "/$iothub/websocket";

    /// <summary>The sub-protocols of MQTT 3.1.1 and 3.1.</summary>
    private static readonly string[] SubProtocols = ["mqtt", "mqttv3.1"];

    /// <summary>Maps both paths to the MQTT endpoint of the services.</summary>
    public static void MapMqtt(this IEndpointRouteBuilder routes)
    {
        routes.Map(Path, ServeAsync);
        routes.Map(HubPath, ServeAsync);
    }

    private static async Task ServeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            await RefuseAsync(context, StatusCodes.Status426UpgradeRequired, "This is MQTT over WebSocket.");
            return;
        }

        // A client that asks for none speaks MQTT nevertheless: there is nothing else here.
        var requested = context.WebSockets.WebSocketRequestedProtocols;
        var subProtocol = SubProtocols.FirstOrDefault(requested.Contains);
        if (subProtocol is null && requested.Count > 0)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "The WebSocket sub-protocol is mqtt.");
            return;
        }

        var handler = context.RequestServices.GetRequiredService<MqttConnectionHandler>();
        var stopping = context.RequestServices.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;
        using var socket = await context.WebSockets.AcceptWebSocketAsync(subProtocol);
        await using var connection = new MqttWebSocket(context, socket, stopping);
        await connection.RunAsync(handler);
    }

    private static Task RefuseAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync($"{text}\n", context.RequestAborted);
    }
}
