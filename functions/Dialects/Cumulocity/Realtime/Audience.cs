using Serverless.Dialects.Cumulocity.Measurements;
using Serverless.Dialects.Cumulocity.Requests;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>Those to whom a thing is shown alike.</summary>
/// <param name="BaseUrl">What the URLs begin with that they know things by.</param>
/// <param name="System">The system of units that they have asked for, or null for values as they are.</param>
internal sealed record Audience(string BaseUrl, string? System = null)
{
    public SelfUrls Urls => new(BaseUrl);

    public SystemOfUnits Units => SystemOfUnits.Named(System) ?? SystemOfUnits.None;
}
