using Microsoft.AspNetCore.Http;

namespace Serverless.Dialects.Cumulocity.Requests;

/// <summary>The absolute URLs that objects are known by in answers, under the address that the client has asked.</summary>
/// <param name="Root">Such as https://cloud.example.com, without a slash at the end.</param>
internal sealed record SelfUrls(string Root)
{
    public static SelfUrls Of(HttpRequest request) => new($"{request.Scheme}://{request.Host}");

    /// <summary>The URL of a path that begins with a slash; the path is escaped already.</summary>
    public string Of(string path) => Root + path;

    public string ManagedObject(string id) => $"{Root}/inventory/managedObjects/{Uri.EscapeDataString(id)}";
}
