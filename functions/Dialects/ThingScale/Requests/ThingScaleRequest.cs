using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Serverless.Dialects.Http;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;

namespace Serverless.Dialects.ThingScale.Requests;

/// <summary>A request to a service whose caller is known.</summary>
/// <param name="http">The request itself.</param>
/// <param name="caller">Who makes it.</param>
/// <param name="tenant">The caller's account.</param>
/// <param name="id">What follows the service's name in the path, or null.</param>
internal sealed class ThingScaleRequest(HttpContext http, Caller caller, Tenant tenant, string? id)
{
    private const int BodyLimit = 64 * 1024;

    public HttpContext Http { get; } = http;

    public Caller Caller { get; } = caller;

    public Tenant Account { get; } = tenant;

    public string Tenant => Account.Id;

    public string? Id { get; } = id;

    public LocalTimes Times { get; } = new(tenant.TimeZone);

    public CancellationToken Cancellation => Http.RequestAborted;

    /// <summary>A header's one value, or null.</summary>
    /// <exception cref="ThingScaleException">It comes more than once.</exception>
    public string? Header(string name) => ReadHeader(Http.Request, name);

    /// <inheritdoc cref="Header"/>
    public static string? ReadHeader(HttpRequest request, string name) =>
        request.Headers.TryGetValue(name, out var values)
            ? values is [var value]
                ? string.IsNullOrWhiteSpace(value)
                    ? null
                    : value.Trim()
                : throw ThingScaleError.BadParameter.Refused()
            : null;

    /// <summary>The body as a JSON object.</summary>
    public Task<JsonObject> ReadBodyAsync() => RequestBodies.ReadObjectAsync(Http.Request, BodyLimit, Cancellation);

    /// <summary>The body as a JSON object, or an empty object where there is none.</summary>
    public async Task<JsonObject> ReadOptionalBodyAsync() =>
        Http.Request.ContentLength != 0 && Http.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false }
            ? await ReadBodyAsync()
            : [];

    public Task WriteAsync(int status, Action<Utf8JsonWriter> write) => JsonResponses.WriteAsync(Http.Response, status, write);

    public Task WriteNoContentAsync()
    {
        Http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
