using System.Net;
using System.Net.Sockets;

namespace Serverless.Domain.Webhooks.Network;

/// <summary>
/// Connects to hosts that tenants name. The name is resolved here, every address that it has is checked, and the connection goes to just those: a name that means another address a moment later
/// (DNS rebinding) gains nothing. One refused address refuses the name.
/// </summary>
/// <param name="options">The hosts that may be private.</param>
/// <param name="resolve">Finds the addresses of a host name.</param>
public sealed class CheckedConnector(WebhookOptions options, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    public CheckedConnector(WebhookOptions options)
        : this(options, (host, cancellation) => Dns.GetHostAddressesAsync(host, cancellation)) { }

    /// <summary>A handler that connects so, and does nothing of its own accord: no proxy, no redirects, no cookies, no credentials, no trace headers.</summary>
    public SocketsHttpHandler CreateHandler() =>
        new()
        {
            ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, cancellation),
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            MaxResponseDrainSize = 0,
            MaxResponseHeadersLength = 32,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            UseCookies = false,
            UseProxy = false,
        };

    /// <exception cref="AddressRefusedException">The host has an address that may not be called.</exception>
    /// <exception cref="SocketException">There is no such host, or nothing takes the connection.</exception>
    internal async ValueTask<Stream> ConnectAsync(DnsEndPoint endpoint, CancellationToken cancellation)
    {
        var addresses = await FindAsync(endpoint, cancellation);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, endpoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The addresses of a host, all of which may be called.</summary>
    internal async Task<IPAddress[]> FindAsync(DnsEndPoint endpoint, CancellationToken cancellation)
    {
        var addresses = IPAddress.TryParse(endpoint.Host, out var literal) ? [literal] : await resolve(endpoint.Host, cancellation);
        if (addresses.Length == 0)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        if (options.Allow.Contains($"{endpoint.Host.ToLowerInvariant()}:{endpoint.Port}"))
        {
            return addresses;
        }

        return options.Ports.Contains(endpoint.Port) && addresses.All(address => AddressFilter.Refuse(address) is null)
            ? addresses
            : throw new AddressRefusedException();
    }
}
