using System.Text;
using Serverless.Dialects.Authentication;
using Serverless.Domain.Devices;
using Serverless.Domain.Realtime;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>Who a handshake is of, and what he may listen to.</summary>
internal sealed class BayeuxLogin(HttpCallers callers, DeviceDirectory devices, Links links)
{
    /// <summary>The caller of ext.com.cumulocity.authn's token: base64 of user:password or tenant/user:password, or a JWT; null where it is good for nobody.</summary>
    public async ValueTask<Caller?> FindAsync(string token, CancellationToken cancellation)
    {
        token = token.Trim();
        token = token.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) ? token[6..] : token;
        if (token.Split('.').Length != 3 && TryDecode(token) is { } login && login.IndexOf(':') is var colon and >= 0)
        {
            return await callers.FindByPasswordAsync(login[..colon], login[(colon + 1)..], cancellation);
        }

        return token.Length == 0 ? null : await callers.FindByTokenAsync(token, cancellation);
    }

    /// <summary>What a socket's own request says of who opens it.</summary>
    /// <returns>The connection to keep, or null where its header Authorization is good for nobody.</returns>
    public async ValueTask<RealtimeConnection?> OpenAsync(SocketOpening opening, CancellationToken cancellation)
    {
        var connection = new RealtimeConnection { BaseUrl = opening.BaseUrl };
        if (opening.Headers.TryGetValue("authorization", out var header))
        {
            var token = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..] : header;
            return await FindAsync(token, cancellation) is { } caller ? Of(connection, caller) : null;
        }

        var cookies = Cookies(opening.Headers.GetValueOrDefault("cookie", ""));
        if (
            cookies.GetValueOrDefault(CumulocityCallers.TokenCookie) is { Length: > 0 } jwt
            && cookies.GetValueOrDefault(CumulocityCallers.ProofCookie) is { Length: > 0 } proof
            && await callers.FindByTokenAsync(jwt, cancellation) is { } user
        )
        {
            return Of(connection, user) with { Proof = TokenHash.Of(proof) };
        }

        return connection;
    }

    /// <summary>The caller of a handshake: by its own credentials, else by those of the request that brought it; null where it is nobody.</summary>
    public async ValueTask<Caller?> FindAsync(BayeuxCredentials? credentials, BayeuxPeer peer, CancellationToken cancellation)
    {
        if (credentials?.Token is { Length: > 0 } token)
        {
            return await FindAsync(token, cancellation);
        }

        var opened = peer.Connection is { Owner: { } tenant, User: { } user } known ? new Caller(tenant, user, known.Roles) : null;
        return peer.Connection?.Proof is { } proof
            ? credentials?.Proof is { } shown && TokenHash.Of(shown) == proof
                ? opened
                : null
            : peer.Caller ?? opened;
    }

    /// <summary>Whether a user may listen to a channel. A device hears of what it owns, and of nothing else.</summary>
    public async ValueTask<bool> AllowsAsync(Caller caller, string channel, CancellationToken cancellation)
    {
        if (caller.MayRead || !RealtimeChannels.TrySplit(channel, out _, out var source))
        {
            return true;
        }

        if (!caller.Is(Roles.Device) || source == RealtimeChannels.Any || !source.All(char.IsAsciiDigit))
        {
            return false;
        }

        if (await devices.FindAsync(caller.Tenant, source, cancellation) is not { Value: var twin })
        {
            return false;
        }

        var ids = (await Ancestors.FindAsync(devices, links, caller.Tenant, source, cancellation)).Devices;
        foreach (var id in ids.Prepend(source))
        {
            if ((id == source ? twin : (await devices.FindAsync(caller.Tenant, id, cancellation))?.Value)?.Owner == caller.User)
            {
                return true;
            }
        }

        return false;
    }

    private static RealtimeConnection Of(RealtimeConnection connection, Caller caller) =>
        connection with
        {
            Owner = caller.Tenant,
            User = caller.User,
            Roles = caller.Roles,
        };

    private static string? TryDecode(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? Encoding.UTF8.GetString(bytes.AsSpan(0, length)) : null;
    }

    private static Dictionary<string, string> Cookies(string header)
    {
        var cookies = new Dictionary<string, string>();
        foreach (var pair in header.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equal = pair.IndexOf('=');
            if (equal > 0)
            {
                cookies.TryAdd(pair[..equal], Uri.UnescapeDataString(pair[(equal + 1)..].Trim('"')));
            }
        }

        return cookies;
    }
}

/// <summary>Who sends Bayeux messages.</summary>
/// <param name="Caller">The caller of the HTTP request, or null.</param>
/// <param name="BaseUrl">What the URLs in its notifications begin with.</param>
/// <param name="ConnectionId">Its socket, or null where it polls.</param>
/// <param name="Connection">What is known of the socket.</param>
internal sealed record BayeuxPeer(Caller? Caller, string BaseUrl, string? ConnectionId = null, RealtimeConnection? Connection = null);
