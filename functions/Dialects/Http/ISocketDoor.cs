using Microsoft.AspNetCore.Http;
using Serverless.Domain.Realtime;

namespace Serverless.Dialects.Http;

/// <summary>Opens sockets in this process, where it has any: behind the Functions host sockets are another service's, and end there.</summary>
public interface ISocketDoor
{
    /// <summary>Asks the endpoint, and serves the socket until it ends; or answers with the endpoint's refusal.</summary>
    Task OpenAsync(HttpContext context, IRealtimeEndpoint endpoint);
}
