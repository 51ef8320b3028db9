using System.Net;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.ThingScale.Requests;
using Serverless.Domain.Topics;

namespace Serverless.Dialects.ThingScale;

/// <summary>
/// The Session service, GET /v2/session: the clients of this API that are connected to the MQTT endpoint (dev.thingscale.io, Session service). Where there is
/// no such endpoint there is none.
/// </summary>
internal sealed class SessionHandler(ITopicConnections connections)
{
    public Task GetAsync(ThingScaleRequest request)
    {
        if (request.Id is not null)
        {
            throw ThingScaleError.NotFound.Refused();
        }

        var clients = connections.Of(request.Tenant).Where(one => one.Dialect == ThingScaleDialect.DialectName);
        return request.WriteAsync(
            StatusCodes.Status200OK,
            writer =>
            {
                writer.WriteStartArray();
                foreach (var (_, _, client) in clients)
                {
                    writer.WriteStartObject();
                    writer.WriteString("client_id", client.ClientId);
                    writer.WriteString("ipaddress", AddressOf(client.Address));
                    writer.WriteBoolean("clean_sess", client.CleanSession);
                    writer.WriteNumber("proto_ver", client.ProtocolVersion);
                    writer.WriteNumber("keepalive", client.KeepAlive);
                    writer.WriteString("connected_at", request.Times.Basic(client.ConnectedAt));
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }
        );
    }

    private static string? AddressOf(string? endpoint) =>
        IPEndPoint.TryParse(endpoint ?? "", out var parsed) ? parsed.Address.ToString() : endpoint;
}
