using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Requests;

namespace Serverless.Dialects.Cumulocity.Root;

/// <summary>A part of the API with the templates of its links: clients start there and fill them in.</summary>
/// <param name="Path">Its path, such as /event.</param>
/// <param name="Member">The member of /platform that shows it, or null where that shows it not.</param>
/// <param name="Type">The vendor's media type.</param>
/// <param name="Collections">Its collections: the member, and the path behind its own; the collection's own member, which is empty here.</param>
/// <param name="Links">Its templates: the member, and what stands behind its own path.</param>
internal sealed record RootResource(
    string Path,
    string? Member,
    string Type,
    IReadOnlyList<(string Member, string Path, string Items)> Collections,
    IReadOnlyList<(string Member, string Template)> Links
)
{
    public JsonObject Show(SelfUrls urls)
    {
        var shown = new JsonObject { ["self"] = urls.Of(Path) };
        foreach (var (member, path, items) in Collections)
        {
            shown[member] = new JsonObject { ["self"] = urls.Of(Path + path), [items] = new JsonArray() };
        }

        foreach (var (member, template) in Links)
        {
            shown[member] = urls.Of(Path + template);
        }

        return shown;
    }
}
