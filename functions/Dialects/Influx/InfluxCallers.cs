using System.Text;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Authentication;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Influx;

/// <summary>Finds who makes a request as the real server does: by u and p in the URL, else by the Authorization header (Bearer, Token user:password, Basic).</summary>
internal sealed class InfluxCallers(HttpCallers callers)
{
    private const string NoCredentials = "unable to parse authentication credentials";
    private const string Failed = "authorization failed";

    /// <returns>The caller, or null and why.</returns>
    public async ValueTask<(Caller? Caller, string Refusal)> FindAsync(HttpRequest request, CancellationToken cancellation)
    {
        var (user, password) = (request.Query["u"].FirstOrDefault(), request.Query["p"].FirstOrDefault());
        if (!string.IsNullOrEmpty(user) && !string.IsNullOrEmpty(password))
        {
            return (await callers.FindByPasswordAsync(user, password, cancellation), Failed);
        }

        var header = request.Headers.Authorization.ToString();
        var space = header.IndexOf(' ');
        if (space < 0)
        {
            return (null, NoCredentials);
        }

        var (scheme, credentials) = (header[..space], header[(space + 1)..].Trim());
        if (scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            return (await callers.FindByTokenAsync(credentials, cancellation), Failed);
        }

        var pair =
            scheme.Equals("Token", StringComparison.OrdinalIgnoreCase) ? credentials
            : scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) ? Decode(credentials)
            : null;
        var colon = pair?.IndexOf(':') ?? -1;
        return colon switch
        {
            < 0 => (null, NoCredentials),
            0 => (null, "username required"),
            _ => (await callers.FindByPasswordAsync(pair![..colon], pair[(colon + 1)..], cancellation), Failed),
        };
    }

    private static string? Decode(string basic)
    {
        var bytes = new byte[basic.Length];
        return Convert.TryFromBase64String(basic, bytes, out var length) ? Encoding.UTF8.GetString(bytes.AsSpan(0, length)) : null;
    }
}
