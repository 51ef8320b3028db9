using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Serverless.Dialects.Http;
using Serverless.Dialects.Management.Schemas;
using Serverless.Domain;
using Serverless.Domain.Audit;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Management.Routing;

/// <summary>A request whose caller is known and may use the route.</summary>
/// <param name="context">The request.</param>
/// <param name="route">The route that it takes.</param>
/// <param name="caller">Who makes it; null on an anonymous route.</param>
/// <param name="tenant">The tenant that it is about.</param>
/// <param name="query">Its query, checked.</param>
internal sealed class ManagementRequest(HttpContext context, ManagementRoute route, Caller? caller, string tenant, JsonObject query)
{
    /// <summary>The most bytes of a body.</summary>
    public const int BodyLimit = 256 * 1024;

    public Caller Caller => caller ?? throw new InvalidOperationException("The route is anonymous.");

    /// <summary>Who does what the request does, for the audit log.</summary>
    public AuditActor Actor => new(Caller.User);

    public string Tenant => tenant;

    public JsonObject Query => query;

    /// <summary>The address that the caller has asked, such as https://cloud.example.com, without a slash at the end.</summary>
    public string Root => $"{context.Request.Scheme}://{context.Request.Host}";

    public CancellationToken Cancellation => context.RequestAborted;

    /// <summary>A parameter of the path. Kestrel leaves an encoded slash as it is; here it is one.</summary>
    public string Path(string name) => ((string)context.Request.RouteValues[name]!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>The body, checked against the route's schema; an empty object where there is none and need not be.</summary>
    /// <exception cref="DomainException">It is no JSON object, or not of the schema.</exception>
    /// <exception cref="ProblemException">It is of another media type.</exception>
    public async Task<JsonObject> ReadBodyAsync()
    {
        if (route.RequestOptional && context.Request.ContentLength is null or 0 && context.Request.ContentType is null)
        {
            return [];
        }

        if (context.Request.ContentLength is not 0 && !IsJson(context.Request.ContentType))
        {
            throw new ProblemException(Problems.UnsupportedMediaType, "The body is application/json in UTF-8.");
        }

        var body = await RequestBodies.ReadObjectAsync(context.Request, BodyLimit, Cancellation);
        SchemaCheck.Check(body, Components.All[route.Request!]);
        return body;
    }

    /// <summary>The entity tag to write under: the version there is, where the caller has named it; null where any will do.</summary>
    /// <exception cref="DomainException">The caller names other versions.</exception>
    public string? IfMatch(string current)
    {
        var header = context.Request.Headers.IfMatch;
        if (header.Count == 0 || EntityTags.Read(header).Contains(EntityTags.Any))
        {
            return null;
        }

        return EntityTags.Read(header).Contains(current)
            ? current
            : throw new DomainException(Refusal.PreconditionFailed, "The stored version is none of those in If-Match.");
    }

    private bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (type.Charset.Length == 0 || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset == "\"utf-8\"")
        && (
            type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (route.Method == "PATCH" && type.MediaType.Equals("application/merge-patch+json", StringComparison.OrdinalIgnoreCase))
        );
}
