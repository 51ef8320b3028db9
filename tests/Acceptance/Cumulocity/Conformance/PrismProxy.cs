using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Cumulocity.Conformance;

/// <summary>Prism between a client and the cloud: it holds each answer against the official schemas, and answers 500 in its place where it breaks them.</summary>
internal static class PrismProxy
{
    public static async Task<NodeServer> StartAsync(Uri cloud)
    {
        var folder = await NodePackages.ClientsAsync();
        return await NodeServer.StartAsync(
            folder,
            "listening ",
            Path.Combine(folder, "prism.mjs"),
            Operations.File,
            cloud.GetLeftPart(UriPartial.Authority)
        );
    }
}
