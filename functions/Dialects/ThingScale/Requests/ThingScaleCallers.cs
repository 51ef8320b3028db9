using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Authentication;
using Serverless.Domain.Users;

namespace Serverless.Dialects.ThingScale.Requests;

/// <summary>
/// Finds who makes a request: by X-APITOKEN, which may be a user's API token, a token of ours or one of Microsoft Entra ID, or by such a token as
/// Authorization: Bearer.
/// </summary>
internal sealed class ThingScaleCallers(HttpCallers callers)
{
    public const string TokenHeader = "X-APITOKEN";

    /// <summary>The caller, or null.</summary>
    public async ValueTask<Caller?> FindAsync(HttpRequest request, CancellationToken cancellation) =>
        ThingScaleRequest.ReadHeader(request, TokenHeader) is { } token
            ? await callers.FindByTokenAsync(token, cancellation)
            : await callers.FindBearerAsync(request, cancellation);
}
