using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;

namespace Serverless.Dialects.Cumulocity.Root;

/// <summary>Where clients begin: /platform, and each part of the API by itself (reference 1.1).</summary>
internal sealed class RootRoutes : ICumulocityRoutes
{
    public IEnumerable<CumulocityRoute> All() =>
        RootResources
            .All.Select(resource => new CumulocityRoute(
                "GET",
                resource.Path,
                Permission.Read,
                request => Task.FromResult(CumulocityAnswer.Ok(resource.Show(request.Urls), resource.Type))
            ))
            .Prepend(new("GET", "/platform", Permission.Read, PlatformAsync));

    private static Task<CumulocityAnswer> PlatformAsync(CumulocityRequest request)
    {
        var shown = new JsonObject { ["self"] = request.Urls.Of("/platform") };
        foreach (var resource in RootResources.All.Where(resource => resource.Member is not null))
        {
            shown[resource.Member!] = resource.Show(request.Urls);
        }

        return Task.FromResult(CumulocityAnswer.Ok(shown, "platformapi"));
    }
}
